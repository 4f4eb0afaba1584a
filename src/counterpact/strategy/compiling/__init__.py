"""A case, its picture and the lines' inputs become arrays: the strategy problem as an `Instance`."""
