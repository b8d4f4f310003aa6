"""Every derived number of the catalog worked out a second time, from the published figures alone.

Written without sight of the catalog's values. A published range stands for its middle unless a line says otherwise;
shares are plain fractions; emissions are kg CO2e; years have 365 days.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

F = Fraction
HOURS, DAYS, WEEK = F(24), F(365), F(7)
HOURS_A_YEAR = HOURS * DAYS
GRAM, TONNE, MINUTE = F(1, 1000), F(1000), F(1, 60)


def middle(low: str | int, high: str | int) -> Fraction:
    """Return the middle of a published range."""
    return (F(low) + F(high)) / 2


# air page, 1 Freighters: great circle, added km (5.1), Ezhou's 737-400F, 757-200F
GREAT_CIRCLE_KM, AIR_ADDED_KM = F(1097), F(95)
EZHOU_T_A_WEEK, EZHOU_ROTATIONS, LEGS_OF_ROTATION = F(100), F(3), F(2)
B757_T = middle("30.6", "39.8")
# air page, 2 Rates and terminal charges
AMERICA_OCTOBER, OCTOBER_RISE = F("5.70"), F("0.063")
FREE_GENERAL_H, FREE_COLD_H, CHARGE_UNIT_H = F(48), F(24), F(24)
CONCESSION, CONCESSION_LOW, CONCESSION_HIGH = F("0.30"), F("0.18"), F("0.20")
CUTOFF_DAYS = middle(3, 5)
# air page, 3 Hub: declaration, sea transits in days
DECLARED_FIRST, CHARGE_STEP, CHARGE_PER_STEP, CHAMBER_FEE = F(46_000), F(1000), F("0.125"), F("73.5")
TEN_CENTS = F("0.1")
# air page, 4.1 to 4.5: cost of the nation, time, carrying, exchange, values
SOCIAL_TRANSPORT, SOCIAL_STORAGE, SOCIAL_MANAGEMENT = F("9.55"), F("5.95"), F("2.26")
SOCIAL_PARTS = SOCIAL_TRANSPORT + SOCIAL_STORAGE + SOCIAL_MANAGEMENT
TRADEOFF, A_TENTH = middle("0.79", "0.98"), F(1, 10)
CNY_FOR_USD, HKD_FOR_USD = F("6.9890"), F("7.78")
FEU_VALUE_USD = F(109_000)
EXPORTS_BN, LAPTOPS_BN = F("558.73"), F("152.15")
TELEPHONES_BN, CARS_BN, MOTORCYCLES_BN = F("56.7"), F("53.03"), F("26.47")
LAPTOPS_2019_CNY, LAPTOPS_2019 = F(148_620_000_000), F(51_944_000)
# air page, 5 Emissions: g CO2e, TTW and WTW
FREIGHTER_SHORT, FREIGHTER_LONG = F(1255) / F(1516), F(503) / F(608)
SHIP = F("59.0") / F("71.7")
DIESEL = F("3.22") / F("4.19")
RAIL_KWH, GRID_KG = F("0.0218"), F("0.5306")
CARBON_2025, CARBON_FALL = F("62.36"), F("0.3506")

# rail page, 1: the train to Yantian
RAIL_KM, TRAIN_BOXES, FIRST_YEAR_TRAINS, TEU_OF_FEU = F(1862), F(55), F(168), F(2)
PLANNED_HEADWAY_DAYS = middle(3, 4)
NINGBO_TRAINS, NINGBO_TEU = F(143), F(16_686)
DOUBLE_TRACK_KM_A_DAY, SINGLE_TRACK_KM_A_DAY = F(800), F(500)
NANSHA_SAVED_CNY, NANSHA_TEU = F(50_000_000), F(135_000)
# rail page, 2: the tariff of boxes of 20 ft and 40 ft
BASE_20, RUN_20, FUND_20, POWER_20, HANDLING_20 = F(440), F("3.185"), F("0.528"), F("0.112"), F(195)
BASE_40, RUN_40, FUND_40, POWER_40, HANDLING_40 = F(532), F("3.357"), F("1.122"), F("0.238"), F("292.5")
ADJUSTED_20, ENDS, DISCOUNTED_HANDLING = F("0.991"), F(2), F("0.7")
USE_FIRST_20, USE_STEP_20, USE_FIRST_40, USE_STEP_40 = F(35), F(6), F(70), F(12)
USE_FIRST_KM, USE_STEP_KM = F(250), F(100)
ROAD_OVER_RAIL = middle("1.4", 2)
# rail page, 3: Yangtze
VOYAGES, VOYAGES_TEU, HALF_YEAR_VOYAGES, HALF_YEAR_DAYS = F(5523), F(1_390_800), F(530), F(182)
# rail page, 5 and 6: terminals, haulage, late ships
VGM, RECEIPT, SEAL, BOOKING_20, BOOKING_40 = F(50), F(30), F(30), F(200), F(300)
HALF_HOUR_WAIT = F(150)

# Qinzhou page, 1: trains and port
FIRST_QUARTER_TRAINS, FIRST_QUARTER_TEU, FIRST_QUARTER_DAYS = F(450), F(22_820), F(90)
WAGONS_TO_QINZHOU, TEU_OF_WAGON = F(25), F(2)
CORRIDOR_CNY, CORRIDOR_TEU = F(28_330_000_000), F(154_600)
BEIHAI_BEST, BEIHAI_OVER_MEAN = F("130.46"), F("1.48")
# Qinzhou page, 2: sea, terminal handling, weather
SAILINGS, SAILINGS_DAYS, SINGAPORE_A_WEEK = F(267), F(213), F(2)
NEAR_SEA_40, DRY_40_USD, REEFER_40_USD = F(1364), F(269), F(344)
SIGNAL_YEARS = F(2016 - 1956 + 1)
# Qinzhou page, 4: goods
ORANGES_CNY, ORANGES_T = F(4_050_000_000), F(405_000)
GROWERS_CNY, GROWERS_T = F(2_300_000_000), F(480_000)
PLUMS_CNY, PLUMS_T = F(1_400_000_000), F(140_000)
PORK_CNY, PORK_T = F(800_000_000), F(12_000)
CITRUS_KG_A_BOX, PALLETS_A_BOX, PALLETS = 25 * TONNE, middle(20, 21), F(4)
OCTOBER_TO_JUNE = F(31 + 30 + 31 + 31 + 28 + 31 + 30 + 31 + 30)


def before(after: str, fall: str) -> Fraction:
    """Return what a time was before it fell by a share to `after`."""
    return F(after) / (1 - F(fall))


def grams(wtw: str, share: Fraction) -> Fraction:
    """Return kg of the share of a figure in g that is tank to wheel."""
    return F(wtw) * share * GRAM


def box_use(first: Fraction, step: Fraction) -> Fraction:
    """Return the fee for using a railway box to Yantian; a begun step counts."""
    return first + step * ceil((RAIL_KM - USE_FIRST_KM) / USE_STEP_KM)


def rail_cost_20(discount: str) -> Fraction:
    """Return the rail freight of a 20 ft box to Yantian with a share off base and fund."""
    freight = (BASE_20 + (RUN_20 + FUND_20) * RAIL_KM) * ADJUSTED_20
    return _rail_cost(freight, POWER_20, HANDLING_20, box_use(USE_FIRST_20, USE_STEP_20), F(discount))


def rail_cost_40(discount: str) -> Fraction:
    """Return the rail freight of a 40 ft box to Yantian with a share off base and fund."""
    freight = BASE_40 + (RUN_40 + FUND_40) * RAIL_KM
    return _rail_cost(freight, POWER_40, HANDLING_40, box_use(USE_FIRST_40, USE_STEP_40), F(discount))


def _rail_cost(freight: Fraction, power: Fraction, handling: Fraction, use: Fraction, discount: Fraction) -> Fraction:
    """With any discount, handling falls too and the use of the box is free; the surcharge for power stays."""
    handled = handling * ENDS * (DISCOUNTED_HANDLING if discount else 1)
    return freight * (1 - discount) + power * RAIL_KM + handled + (0 if discount else use)


def declaration(value_hkd: Fraction) -> Fraction:
    """Return the fee of the chamber and the charge above the first value, which is rounded up to ten cents."""
    charge = (value_hkd - DECLARED_FIRST) / CHARGE_STEP * CHARGE_PER_STEP
    return CHAMBER_FEE + ceil(charge / TEN_CENTS) * TEN_CENTS


_ONE: dict[str, Fraction] = {
    "air.chongqing_hongkong.km_emissions": GREAT_CIRCLE_KM + AIR_ADDED_KM,
    "air.b737_400.payload": EZHOU_T_A_WEEK / (EZHOU_ROTATIONS * LEGS_OF_ROTATION),
    "air.b757.payload": B757_T,
    "air.hkg.storage.free_units": FREE_GENERAL_H / CHARGE_UNIT_H,
    "air.hkg.storage_cold.free_units": FREE_COLD_H / CHARGE_UNIT_H,
    "air.rate_history.america_september": AMERICA_OCTOBER / (1 + OCTOBER_RISE),
    "air.hkg.terminal_2020": (CONCESSION / CONCESSION_LOW + CONCESSION / CONCESSION_HIGH) / 2,
    "barge.dachan_kwaitsing.transit": F(23) - (18 + 30 * MINUTE),
    "barge.yangtze.headway": HALF_YEAR_DAYS * HOURS / (HALF_YEAR_VOYAGES / 2),
    "barge.yangtze.voyages": HALF_YEAR_VOYAGES / HALF_YEAR_DAYS * DAYS,
    "barge.yangtze.teu_per_voyage": VOYAGES_TEU / VOYAGES,
    "barge.yangtze.capacity": F(292),  # the 292-box vessel; a mean load of 252 TEU makes its boxes TEU
    "barge.cost_against_rail": middle("0.50", "0.60"),
    "barge.cost_against_road": middle("0.12", "0.15"),
    "barge.cost_against_air": middle("0.04", "0.06"),
    "closure.signal_8_rate": F(90) / SIGNAL_YEARS,
    "closure.signal_3_rate": F(249) / SIGNAL_YEARS,
    "closure.signal_10_rate": F(13) / SIGNAL_YEARS,
    "closure.talim_disturbed": F(24 - 12 + 21),  # 12:00 to 21:00 of the next day
    "closure.koinu_stop": middle("0.5", 1) * HOURS,
    "closure.ragasa_stop": middle("1.5", 2) * HOURS,
    "closure.fengshen_stop": middle(16, 51),
    "customs.rail_fast_pass": middle(1, 2) * HOURS,
    "customs.china_export_2017": before("1.03", "0.916"),
    "customs.china_import_2017": before("32.02", "0.671"),
    "customs.chongqing_export_2017": before("0.39", "0.9741"),
    "customs.chongqing_import_2017": before("68.32", "0.7146"),
    "customs.guangxi_export_2019": before("0.77", "0.4901"),
    "customs.declaration_hongkong_general @ price": declaration(FEU_VALUE_USD * HKD_FOR_USD),
    "customs.refund_before": middle(10, 15),
    "emission.road @ ttw": grams("89", DIESEL),
    "emission.rail @ wtw": RAIL_KWH * GRID_KG,
    "emission.rail @ ttw": F(0),  # electric
    "emission.reefer_sea @ ttw": grams("142.3", SHIP),
    "emission.sea_europe @ ttw": grams("46.9", SHIP),
    "emission.sea_mediterranean @ ttw": grams("52.2", SHIP),
    "emission.sea_america @ ttw": grams("67.0", SHIP),
    "emission.sea_asia @ ttw": grams("108.5", SHIP),
    "emission.sea_southeast @ ttw": grams("135.6", SHIP),
    "emission.barge @ ttw": grams("29.3", DIESEL),
    "emission.barge_large @ ttw": grams("22.6", DIESEL),
    "emission.barge_convoy @ ttw": grams("11.3", DIESEL),
    "emission.barge_motor @ ttw": grams("21.3", DIESEL),
    "emission.air_belly_short @ ttw": grams("1239", FREIGHTER_SHORT),
    "emission.air_belly_long @ ttw": grams("936", FREIGHTER_LONG),
    "emission.air_unknown_short @ ttw": grams("1363", FREIGHTER_SHORT),
    "emission.air_unknown_long @ ttw": grams("788", FREIGHTER_LONG),
    "emission.road_full @ ttw": grams("60", DIESEL),
    "goods.crisp_plum.temperature": middle(4, 8),
    "goods.crisp_plum.shelf_life": middle(5, 7),
    "goods.crisp_plum.value": PLUMS_CNY / PLUMS_T,
    "goods.plum_store": middle(3, 6) * WEEK,
    "goods.citrus.value": ORANGES_CNY / ORANGES_T,  # 2023, the newest year whose sum is of fruit alone
    "goods.citrus.value_growers": GROWERS_CNY / GROWERS_T,
    "goods.citrus.season": OCTOBER_TO_JUNE,
    "goods.mandarin.shelf_life": middle(2, 6) * WEEK,
    "goods.fruit.loss_china": middle("0.25", "0.30"),
    "goods.market_window": F(5 - 1),
    "goods.cured_pork.value": PORK_CNY / PORK_T,
    "goods.ilstc_value": CORRIDOR_CNY / CORRIDOR_TEU,
    "goods.laptops.piece_value": LAPTOPS_2019_CNY / LAPTOPS_2019,  # the one whole year
    "goods.exports.day": EXPORTS_BN * 10**9 / DAYS,
    "goods.exports.laptops": LAPTOPS_BN / EXPORTS_BN,
    "goods.exports.telephones": TELEPHONES_BN / EXPORTS_BN,
    "goods.exports.cars": CARS_BN / EXPORTS_BN,
    "goods.exports.motorcycles": MOTORCYCLES_BN / EXPORTS_BN,
    "goods.holding.electronics": middle("0.35", "0.50"),
    "money.hkd @ rates[0].rate": CNY_FOR_USD / HKD_FOR_USD,
    "money.carrying.total": middle("0.20", "0.30"),
    "money.carrying.capital_course": middle("0.05", "0.15"),
    "money.hummels_schaur": middle("0.006", "0.021"),
    "money.time_tradeoff": TRADEOFF * A_TENTH,
    "money.carbon_2024": CARBON_2025 / (1 - CARBON_FALL),
    "money.social.transport": SOCIAL_TRANSPORT / SOCIAL_PARTS,
    "money.social.storage": SOCIAL_STORAGE / SOCIAL_PARTS,
    "money.social.management": SOCIAL_MANAGEMENT / SOCIAL_PARTS,
    "port.terminal_handling_qinzhou_reefer @ price": NEAR_SEA_40 * REEFER_40_USD / DRY_40_USD,
    "port.reefer_factor": REEFER_40_USD / DRY_40_USD,
    "port.small_charges_40 @ price": VGM + RECEIPT + SEAL + BOOKING_40,
    "port.small_charges_20 @ price": VGM + RECEIPT + SEAL + BOOKING_20,
    "port.ship_rate_beihai": BEIHAI_BEST / BEIHAI_OVER_MEAN,
    "port.combined_storage_before": middle(5, 7),
    "port.combined_saving": middle("0.10", "0.20"),
    "port.combined_saving_nansha": NANSHA_SAVED_CNY / NANSHA_TEU,
    "rail.chongqing_yantian.headway_planned": PLANNED_HEADWAY_DAYS * HOURS,
    "rail.chongqing_yantian.headway_achieved": HOURS_A_YEAR / FIRST_YEAR_TRAINS,
    "rail.chongqing_yantian.trains_planned": DAYS / PLANNED_HEADWAY_DAYS,
    "rail.chongqing_yantian.capacity_as_feu": TRAIN_BOXES * TEU_OF_FEU,
    "rail.chongqing_yantian.capacity_as_teu": TRAIN_BOXES,
    "rail.pinghu_yantian.time_saving": F(2, 3),
    "rail.chongqing_qinzhou.teu_per_train": WAGONS_TO_QINZHOU * TEU_OF_WAGON,
    "rail.chongqing_qinzhou.teu_measured": FIRST_QUARTER_TEU / FIRST_QUARTER_TRAINS,
    "rail.chongqing_qinzhou.trains": FIRST_QUARTER_TRAINS / FIRST_QUARTER_DAYS * DAYS,
    "rail.chongqing_ningbo.headway": HOURS_A_YEAR / NINGBO_TRAINS,
    "rail.chongqing_ningbo.teu_per_train": NINGBO_TEU / NINGBO_TRAINS,
    "rail.norm.chongqing_yantian_double_track": RAIL_KM / DOUBLE_TRACK_KM_A_DAY * HOURS,
    "rail.norm.chongqing_yantian_single_track": RAIL_KM / SINGLE_TRACK_KM_A_DAY * HOURS,
    "rail.chongqing_duisburg.tariff @ price": middle(6000, 8500),  # addenda
    "rail.box_use_20 @ price": box_use(USE_FIRST_20, USE_STEP_20),
    "rail.box_use_40 @ price": box_use(USE_FIRST_40, USE_STEP_40),
    "rail.derived_cost_20.less_0": rail_cost_20("0"),
    "rail.derived_cost_20.less_20": rail_cost_20("0.20"),
    "rail.derived_cost_20.less_30": rail_cost_20("0.30"),
    "rail.derived_cost_20.less_40": rail_cost_20("0.40"),
    "rail.derived_cost_20.less_60": rail_cost_20("0.60"),
    "rail.derived_cost_40.less_0": rail_cost_40("0"),
    "rail.derived_cost_40.less_20": rail_cost_40("0.20"),
    "rail.derived_cost_40.less_30": rail_cost_40("0.30"),
    "rail.derived_cost_40.less_40": rail_cost_40("0.40"),
    "rail.derived_cost_40.less_60": rail_cost_40("0.60"),
    "rail.cost_against_road": 1 - F("0.30"),
    "road.truck_40 @ price": rail_cost_40("0.30") * ROAD_OVER_RAIL,
    "road.heung_yuen_wai.open": F(22 - 7),
    "road.shenzhen_guangzhou @ price": middle(2000, 4000),
    "road.haulage_hongkong_40 @ price": middle(1500, 1800),
    "road.haulage_hongkong_20 @ price": middle(1200, 1500),
    "road.haulage_hongkong.waiting": HALF_HOUR_WAIT * 2,
    "sea.qinzhou_hongkong.transit_before": middle(8, 10) * HOURS,
    "sea.qinzhou_hongkong.sailings_counted": SAILINGS / SAILINGS_DAYS * WEEK - SINGAPORE_A_WEEK,
    "sea.hongkong.differential_2008": middle(277, 332),
    "sea.shenzhen_north_europe.transit": middle(25, 30),
    "sea.china_north_america_west.transit": middle(15, 18),
    "sea.china_north_america_west.transit_express": middle(12, 14),
    "sea.china_north_europe.transit": middle(28, 35),
    "sea.hongkong_north_europe.transit_2022": middle(33, 34),
    "sea.delay_share": 1 - F("0.652"),  # September 2025, the newest
    "sea.delay_share_2025_01": 1 - F("0.515"),
    "sea.delay_share_2024_05": 1 - F("0.558"),
    "sea.delay_share_2021": 1 - F("0.388"),
    "sea.delay_share_2022": 1 - F("0.520"),
    "sea.cutoff_yard": CUTOFF_DAYS * HOURS,
}

DERIVED: dict[str, tuple[Fraction, ...]] = {
    **{key: (number,) for key, number in _ONE.items()},
    "rail.chongqing_yantian.transit": (F(46), 2 * HOURS, 3 * HOURS),  # least: rail page, 6
    "rail.chongqing_qinzhou.transit": (38 + 42 * MINUTE, F(44), F(60)),  # test run, addenda, Qinzhou page 1.1
}
"""Id, or id @ path within an object -> its numbers, in the unit the catalog prints."""

NOT_DETERMINED: dict[str, str] = {
    "goods.citrus.weight": "20 to 21 pallets are published for a box; that it takes 20 is a choice",
    "barge.yangtze.ordinary.transit_with_normal_lock": "12 days are published; how far it spreads either way is chosen",
    "barge.yangtze.transit_with_normal_lock": "10 days are published from Wanzhou; the rest of the way is not",
    "barge.lock.additional_bad_weather": "two ranges are published; how their difference spreads depends on their tie",
    "barge.lock.additional_overhaul": "two ranges are published; how their difference spreads depends on their tie",
}
"""Id -> why the published figures do not settle it."""
