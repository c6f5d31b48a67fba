"""mitigraph: from records about AI-risk mitigations to a validated linked dataset."""

__version__ = "0.1.0"
