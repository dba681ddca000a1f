"""What a body has to run its new media with (保障与资质): leader, budget, staff, licences, its own rules, platforms."""
