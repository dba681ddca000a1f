"""WeChat Official Accounts 微信公众号、服务号: drafts and free publishing (发布, without a push to followers)."""
