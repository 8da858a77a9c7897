"""Units of measurement and currencies; versions and models."""

from collections.abc import Sequence

from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import listed
from chat.cache.guards.words import Word

UNITS = """
second seconds sec secs s; minute minutes min mins; hour hours hr hrs h; day days; week weeks wk wks;
month months mth; year years yr yrs; decade decades; century centuries; fortnight fortnights; millisecond
milliseconds ms; celsius centigrade c; fahrenheit f; kelvin; degree degrees; watt watts w; kilowatt
kilowatts kw; megawatt megawatts mw; gigawatt gigawatts gw; kwh; mwh; wh; gwh; joule joules j; kj; mj; btu
btus; therm therms; calorie calories cal; kcal; volt volts v; ampere amperes amp amps; mah; ohm ohms;
hertz hz; khz; mhz megahertz; ghz gigahertz; liter liters litre litres l; milliliter milliliters
millilitre millilitres ml; gallon gallons gal; pint pints; quart quarts; ounce ounces oz; cup cups;
tablespoon tablespoons tbsp; teaspoon teaspoons tsp; gram grams g; kilogram kilograms kilo kilos kg kgs;
milligram milligrams mg; ton tons; tonne tonnes; pound pounds lb lbs gbp; stone; meter meters metre metres
m; kilometer kilometers kilometre kilometres km kms; centimeter centimeters centimetre centimetres cm;
millimeter millimeters millimetre millimetres mm; mile miles; yard yards; foot feet ft; inch inches; acre
acres; hectare hectares; sqm; sqft; kmh kph; mph; knot knots; bit bits; byte bytes; kb kilobyte kilobytes;
mb megabyte megabytes; gb gigabyte gigabytes; tb terabyte terabytes; mbps; gbps; kbps; pixel pixels px;
dpi; percent; permille; times; dollar dollars usd; euro euros eur; cent cents; pence; yen jpy; franc
francs chf; rupee rupees inr; yuan cny rmb; krona kronor sek; krone kroner nok dkk; peso pesos mxn; ruble
rubles rouble roubles rub; zloty pln; aud; cad; lira try; real reais brl; won krw; rand zar; bar; psi;
pascal pascals; decibel decibels db; lumen lumens; lux; dozen dozens
"""
"""Groups of forms, each under its first."""
UNIT_OF = {form: group.split()[0] for group in UNITS.split(";") for form in group.split()}
ONLY_AFTER_A_NUMBER = frozenset(
    listed("""
    s h c f w j v l g m min sec bit bits cup cups stone foot feet second seconds bar real won try cal
    amp rand lira gal degree degrees times dozen yard knot sat pound pounds cad rub ms mm ton tons kilo
""")
)
"""Words with other meanings: units if a number stands before them, or "per", "in", "°"."""
BEFORE_A_UNIT = frozenset(listed("per in degree degrees"))


def found(words: Sequence[Word]) -> tuple[tuple[str, str], ...]:
    """The units, each with the number before it."""
    units = []
    for at, word in enumerate(words):
        name = UNIT_OF.get(word.text) if word.kind == "word" else None
        if not name:
            continue
        before = words[at - 1] if at else None
        number = before.text if before and before.kind == "number" else ""
        if not number and word.raw in "$€£¥₹" and at + 1 < len(words) and words[at + 1].kind == "number":
            number = words[at + 1].text
        surely = number or (before is not None and before.text in BEFORE_A_UNIT)
        if surely or word.text not in ONLY_AFTER_A_NUMBER:
            units.append((name, number))
    return tuple(units)


def differ(asked: Reading, known: Reading) -> bool:
    """A unit on each side that the other lacks, or another unit after the same number."""
    ours, theirs = {u for u, _ in asked.units}, {u for u, _ in known.units}
    if ours - theirs and theirs - ours:
        return True
    measured = {number: unit for unit, number in asked.units if number}
    return any(number and measured.get(number, unit) != unit for unit, number in known.units)


def versions(words: Sequence[Word]) -> frozenset[str]:
    """Models and versions that are a letter with a number: "a320", "b12"."""
    return frozenset(word.text for word in words if word.kind == "code")


def versions_differ(asked: Reading, known: Reading) -> bool:
    return asked.versions != known.versions
