"""`promptfit models`: the answerers and generators that there are."""
