"""Who proposes prompts: large models, files, people; or nobody, where a strategy makes its prompts itself."""
