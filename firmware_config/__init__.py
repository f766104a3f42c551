"""What this machine is and how it is set up. Stands at the bottom: it imports nothing of ours."""
