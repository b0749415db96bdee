"""Edit formats: from the text a model wrote to an `EditDocument`."""
