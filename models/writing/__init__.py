"""How people write letters, and what tells their hands apart."""
