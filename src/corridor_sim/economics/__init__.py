"""From a Trace to a Ledger: what moving, waiting, risk, decay and emissions cost, and who pays."""
