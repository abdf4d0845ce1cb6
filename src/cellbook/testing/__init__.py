"""What a new backend needs to prove itself: the contract suite of the store, and helpers for it."""
