"""指尖 Zhijian: the open platform on which a government runs its new media (政务新媒体)."""
