"""The register of official accounts: ledgers, accounts, filings, findings, the public look-up."""
