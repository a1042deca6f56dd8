"""The back office: the pages of the people who run the shop, under ``/manage/``."""
