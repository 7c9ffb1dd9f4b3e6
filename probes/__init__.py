"""The probes: one module, one probe, one slice.  Loaded as `codegenie.probes`; see docs/probes.md."""
