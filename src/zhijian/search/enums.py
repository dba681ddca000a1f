from django.db import models


class Topic(models.TextChoices):
    """What a matter is about, in citizens' words: one list for answers and for services."""

    IDENTITY = "identity", "户籍身份"
    FAMILY = "family", "婚育家庭"
    SCHOOL = "school", "教育入学"
    WORK = "work", "就业创业"
    INSURANCE = "insurance", "社保医保"
    HEALTH = "health", "卫生健康"
    HOUSING = "housing", "住房房产"
    TRAFFIC = "traffic", "交通出行"
    FARMING = "farming", "农业农村"
    BUSINESS = "business", "企业开办"
    TAX = "tax", "税费缴纳"
    UTILITIES = "utilities", "水电气网"
    SAFETY = "safety", "安全应急"
    CULTURE = "culture", "文化旅游"
    WELFARE = "welfare", "救助优待"
    OTHER = "other", "其他"
