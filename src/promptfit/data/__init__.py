"""Documents and prompt files: reading, checking, splitting, converting. `synth/` draws documents of our own."""
