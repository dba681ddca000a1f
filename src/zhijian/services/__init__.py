"""The catalogue of services (办事服务): whose, what citizens call them, where their entrance is, whether it opens."""
