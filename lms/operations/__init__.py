"""What the operator does: backup and restore, doctor, serving. No views, no room's rules."""
