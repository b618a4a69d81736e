"""``Parse`` → ``Plan``: pure, without network or clock."""
