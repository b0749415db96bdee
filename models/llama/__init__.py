"""llama.cpp: models, batches, verification, and the writer that runs a GGUF here."""
