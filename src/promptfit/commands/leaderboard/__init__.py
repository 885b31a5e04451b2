"""`promptfit leaderboard`."""
