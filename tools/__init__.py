"""What makes the course's products; README.md says which file makes which."""
