"""The similar-idea search against its labelled set."""
