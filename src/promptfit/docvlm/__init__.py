"""docvlm-tiny: a genuine Qwen2-VL of 4 million parameters, trained here from scratch on drawn documents."""
