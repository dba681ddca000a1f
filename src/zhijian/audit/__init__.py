"""The append-only log of every act, sealed into a hash chain in batches and verifiable without the database."""
