"""What the studies found, as their files hold it: the report and the charts are made of these alone.

Every record starts with ``metrics``, plain numbers that DVC compares.
"""
