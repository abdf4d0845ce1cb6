"""What the routes do, one file a feature: plain functions of a book."""
