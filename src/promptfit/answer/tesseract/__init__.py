"""Tesseract as the answerer: OCR, and the value that stands by the label that a prompt names."""
