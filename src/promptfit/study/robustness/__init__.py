"""What altered images cost."""
