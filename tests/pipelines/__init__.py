"""The pipeline files that users copy or call: valid for those who read them, and their very commands run."""
