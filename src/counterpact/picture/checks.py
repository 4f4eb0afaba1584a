def run_checks(case, limits, contradictions):
    return ()
