"""Words that mean the contrary of each other."""

from collections.abc import Sequence
from itertools import takewhile

from chat.cache.guards.negation import NEGATED
from chat.cache.guards.reading import Reading
from chat.cache.guards.relations import related
from chat.cache.guards.vocabulary import SILENT, listed
from chat.cache.guards.words import Word, stem

PAIRS = """
inside/outside; before/after afterwards; here/there; now/later; forward forwards/backward backwards back;
left/right; top/bottom; front/back rear; north northern/south southern; east eastern/west western;
upstairs/downstairs; upper/lower; near nearest/far farthest furthest; clockwise/anticlockwise
counterclockwise; horizontal/vertical; inner/outer; inward/outward; upstream/downstream; toward
towards/away; first/last; next/previous last; earliest/latest; early earlier/late later; start begin
beginning commence/end finish stop finishing ending; new newest newer/old oldest older; recent/old;
oldest/latest; past/future; former/latter; ancient/modern; temporary/permanent; day daytime/night nighttime;
morning/evening; summer/winter; spring/autumn; weekday/weekend; sunrise/sunset; today/yesterday tomorrow;
yesterday/tomorrow; never/always; often frequently/rarely seldom; enable activate/disable deactivate;
activate/cancel block freeze; turn/unturn; open opening/close closing shut closed; lock locked/unlock
unlocked; freeze/unfreeze thaw; block/unblock allow; ban/unban; mute/unmute; show/hide; add insert/remove
delete erase subtract; attach/detach; connect/disconnect; plug/unplug; install/uninstall remove;
subscribe/unsubscribe; follow/unfollow; register/unregister; link/unlink; pin/unpin; archive/unarchive;
create make build/delete destroy; import/export; upload/download; send sending sent/receive receiving get;
incoming inbound/outgoing outbound; input/output; buy purchase/sell; borrow/lend; deposit/withdraw;
credit/debit; income/expense; earn/spend; save/spend waste; save/delete; invest/withdraw; increase raise
boost grow/decrease reduce lower drop cut shrink; rise/fall; raise/lower; gain/lose; win/lose; find/lose;
upgrade/downgrade; expand/shrink collapse; extend lengthen prolong/shorten; strengthen/weaken;
accelerate/slow; widen/narrow; maximum max maximize maximise maximal/minimum min minimize minimise minimal;
most/least; more/less fewer; many/few; highest high higher/lowest low lower; big large bigger larger biggest
largest/small little smaller smallest; long longer longest/short shorter shortest; tall/short; wide/narrow;
thick/thin; deep/shallow; heavy/light; dark/light; bright/dark dim; full/empty; fill/empty drain; fast quick
faster fastest quickly/slow slower slowest slowly; strong/weak; hard/soft; hard difficult/easy simple; hot
warm hotter hottest warmer/cold cool cooler coldest colder; heat heating heater warm/cool cooling cooler
chill; heat/cold; boil/freeze; wet/dry; humid/dry; humidify humidifier/dehumidify dehumidifier; clean/dirty;
fresh/stale; raw/cooked; alive/dead; loud/quiet silent; rich/poor; young/old; good better best/bad worse
worst; right correct/wrong incorrect; true/false; yes/no; positive/negative; plus/minus; success successful
succeed/failure failed fail; pass/fail; accept approve accepted approved/reject decline deny refuse rejected
declined; allow permit let/deny forbid prohibit ban disallow prevent; grant/revoke deny; agree/disagree;
admit/deny; confirm/deny cancel; appear/disappear; legal lawful/illegal unlawful; advantage benefit pro
upside/disadvantage drawback con downside; strength/weakness; cheap cheaper cheapest/expensive dear costly;
cheapest lowest/highest; free/paid; gross/net; profit/loss; asset/liability; supply/demand;
wholesale/retail; public/private; domestic national/international foreign abroad; local/global remote;
internal/external; interior/exterior; indoor indoors/outdoor outdoors; physical real/virtual digital;
online/offline; manual manually/automatic automatically; wired/wireless; analog analogue/digital;
active/inactive passive; visible/invisible hidden; public/hidden; sender/recipient receiver; buyer/seller;
lender/borrower; landlord/tenant; employer/employee; parent/child; mother/father; husband/wife;
son/daughter; brother/sister; male man men boy/female woman women girl; adult/child minor; teacher/student;
doctor/patient; plaintiff/defendant; prosecution/defence defense; host/guest; winner/loser; arrive arrival
arrivals/depart departure departures leave; enter entry entrance/exit leave; come/go; check in/check out;
push/pull; give/take receive; import importer/export exporter; attack/defend; ask question/answer;
lead/follow; begin/end; hire/fire dismiss; join/leave quit; admit/discharge; inhale/exhale; sit/stand;
wake/sleep; remember/forget; love like/hate dislike; encourage/discourage; encrypt/decrypt; encode/decode;
compress/decompress extract; mount/unmount; read/write; undo/redo; zoom/unzoom; expand/collapse;
load/unload; pack/unpack; wrap/unwrap; dress/undress; assemble/disassemble; tighten/loosen; rise/sink;
melt/freeze; stop/start continue resume; pause/resume; keep/discard; keep/delete; hold/release; include
including/exclude excluding; join/split; merge/split; combine/separate; multiply/divide; even/odd;
single/double multiple married; once/twice; simple/complex; safe/dangerous unsafe risky hazardous;
healthy/unhealthy; acid/alkaline; voluntary/mandatory compulsory; mandatory required obligatory/optional;
guilty/innocent; major/minor; senior/junior; primary/secondary; front/rear; fixed/variable flexible
adjustable; fixed/floating; secured/unsecured; simple/compound; long/short; ascending/descending;
majority/minority; prefix/suffix; parent/subsidiary; source/destination target; origin/destination;
client/server; frontend/backend; hardware/software; uplink/downlink; absolute/relative;
deductible/nondeductible; credit/charge; refund/charge; overpay/underpay; overestimate/underestimate;
overweight/underweight; oversize/undersize; inflation/deflation; evaporate/condense; expand/contract;
hypertension/hypotension; hyper/hypo; prepaid/postpaid; taxable/exempt; employed/unemployed;
mandatory/voluntary; lessor/lessee; mortgagor/mortgagee; payer/payee; licensor/licensee; donor/recipient;
creditor/debtor; bull/bear; bullish/bearish; vegetarian/meat; sunny/shady; sun/shade; uphill/downhill;
ingoing/outgoing; inflow/outflow; inlet/outlet; intake/outtake exhaust; absorb/emit reflect; attach/remove;
charge/discharge; stay/leave; everything all every/nothing none; everybody everyone/nobody; any some/none;
alone/together; same/different opposite
"""
"""Pairs in any form of the words: "on the left / on the right"."""
PHRASAL = frozenset(listed("up down out off back away in"))
PARTICLE_PAIRS = """
on onto/off; in into inside/out outside; up/down; over above/under below; for/against; with/without;
away/toward towards; forward/back
"""


def _opposites(pairs: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs.split(";"):
        one, other = ({stem(word) for word in side.split()} for side in pair.split("/"))
        for word in one - other:
            found.setdefault(word, set()).update(other - one)
        for word in other - one:
            found.setdefault(word, set()).update(one - other)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _opposites(PAIRS)
PARTICLES = _opposites(PARTICLE_PAIRS)


CONTRARY = ("un", "in", "im", "ir", "il", "dis", "non", "mis", "de", "anti")
NEAR = 12
"""Words to look to either side of a particle; a bound on the time that a long text takes."""
SHORTEST_BASE = 4
"""Letters: "test" is not the contrary of "detest", but shorter words are told apart by too little."""


def differ(asked: Reading, known: Reading) -> bool:
    """A word on each side that the other uses less often, contrary to each other."""
    ours = [word for word, count in asked.counts.items() if count > known.counts.get(word, 0)]
    theirs = {word for word, count in known.counts.items() if count > asked.counts.get(word, 0)}
    contrary = any(not OPPOSITES.get(word, frozenset()).isdisjoint(theirs) for word in ours) or any(
        _contrary(one, other) for one in ours for other in theirs
    )
    if contrary:
        return (NEGATED in asked.negation) == (NEGATED in known.negation)
    return _particles_differ(asked, known) or _particle_exchanged(asked, known)


def _particles_differ(asked: Reading, known: Reading) -> bool:
    """ "Turn … on" and "switch … off": contrary particles of one verb."""
    ours, theirs = asked.particles - known.particles, known.particles - asked.particles
    return any(
        other in PARTICLES[particle] and related(verb, verb_there)
        for verb, particle in ours
        for verb_there, other in theirs
    )


def _particle_exchanged(asked: Reading, known: Reading) -> bool:
    """ "Sign up" and "sign out": the same words with another particle that makes the verb what it is."""
    if _without_particles(asked) != _without_particles(known):
        return False
    ours = {word for word in PHRASAL if asked.counts.get(word, 0) > known.counts.get(word, 0)}
    theirs = {word for word in PHRASAL if known.counts.get(word, 0) > asked.counts.get(word, 0)}
    return bool(ours and theirs)


def _without_particles(reading: Reading) -> list[str]:
    return [word for word in reading.content if word not in PHRASAL]


def particles(words: Sequence[Word]) -> frozenset[tuple[str, str]]:
    """Each particle such as "on" with the words beside it: "turn" and "light" in "turn the light on"."""
    found: set[tuple[str, str]] = set()
    for at, word in enumerate(words):
        if word.text in PARTICLES:
            beside = [
                *_carrying(words[max(at - NEAR, 0) : at][::-1])[:2],
                *_carrying(words[at + 1 : at + 1 + NEAR])[:1],
            ]
            found.update((stem, word.text) for stem in beside)
    return frozenset(found)


def _carrying(words: Sequence[Word]) -> list[str]:
    """The stems that carry content, up to the next particle."""
    reached = takewhile(lambda word: word.text not in PARTICLES, words)
    return [word.stem for word in reached if word.text not in SILENT]


def _contrary(one: str, other: str) -> bool:
    """Whether one is the other with a prefix that turns its meaning: "install", "uninstall"."""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    if not longer.endswith(shorter):
        return False
    prefix = longer.removesuffix(shorter)
    return prefix in CONTRARY and len(shorter) >= (3 if prefix == "un" else SHORTEST_BASE)
