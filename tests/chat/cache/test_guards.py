"""What each guard tells apart, and what it leaves alone."""

import pytest

from chat.cache.guards import GUARDS, differences, read, tell_apart

APART = {
    "numbers": """
Can I add 2 cards? | Can I add 3 cards?
Can I add two cards? | Can I add 3 cards?
Is a dozen enough? | Is a half dozen enough?
Does one hundred and five fit? | Does one hundred and fifty fit?
What does chapter IV say? | What does chapter VI say?
Who pays for the second card? | Who pays for the third card?
Is half of it mine? | Is a third of it mine?
Is 10² enough? | Is 102 enough?
Is 1½ enough? | Is 11/2 enough?
Air the room twice a day? | Air the room three times a day?
Is 1,000 too much? | Is 10,000 too much?
Is 3,5 % enough? | Is 3.6 percent enough?
Can I add cards? | Can I add 5 cards?
Is Python 3.10 supported? | Is Python 3.1 supported?
two heaters and three fans | three heaters and two fans
""",
    "dates": """
Is it open on Monday? | Is it open on Tuesday?
What was due on 2024-05-01? | What was due on 2024-06-01?
Does it snow in March? | Does it snow in May?
Is it open? | Is it open on Sunday?
What was sold in Q1? | What was sold in March?
Is there a bus in the morning? | Is there a bus in the evening?
""",
    "units": """
Is 60 °C too hot? | Is 60 °F too hot?
What do 5 kW cost? | What do 5 kWh cost?
Does it take minutes? | Does it take hours?
Is it $20? | Is it €20?
Is a 6' pipe long enough? | Is a 6" pipe long enough?
""",
    "versions": """
Does A320 fly there? | Does A330 fly there?
Is vitamin B12 sold? | Is vitamin B6 sold?
Are 20 m² enough? | Are 20 m³ enough?
""",
    "negation": """
Can I pay? | Can't I pay?
Why does it start? | Why does it never start?
How do I travel with a visa? | How do I travel without a visa?
What happens if I reply? | What happens if I fail to reply?
How do I open the file? | I am unable to open the file
Why was my card declined? | Why was my card not declined?
Wie lösche ich mein Konto? | Wie lösche ich mein Konto nicht?
Puis-je payer avec carte ? | Puis-je ne pas payer avec carte ?
¿Puedo pagar con tarjeta? | ¿No puedo pagar con tarjeta?
I don't have cash | I don't have no cash
Does a programmable thermostat need a battery? | Does a non-programmable thermostat need a battery?
Is the deposit refundable? | Tell me if there is a Non-Refundable deposit
Do vents need a flammable lining? | Do vents need a nonflammable lining?
我可以退款吗 | 我不可以退款吗
我收到了退款 | 我没收到退款
なぜ支払える | なぜ支払えない
注文は届きました | 注文は届きませんでした
""",
    "opposites": """
How do I turn it on? | How do I turn it off?
how do I turn the lights on | tell me how to switch off the lights
How do I log in? | How do I log out in the app?
how do i sign up | how do i sign out
How do I enable it? | How do I disable it?
Is it safe? | Is it dangerous?
What are the pros? | What are the cons?
How do I install it? | How do I uninstall it?
Is it possible? | Is it impossible?
What if the invoice was paid? | What should I do with an unpaid invoice?
Is the voucher used? | Where do unused vouchers go?
What is the cheapest way? | What is the most expensive way?
""",
    "question words": """
When can I pick it up? | Where can I pick it up?
Who signs it? | When does one sign it?
Can you tell me when the bus leaves? | Can you tell me where the bus leaves?
I want to know why it is late | I want to know when it is late
How many do I need? | How much do I need?
Why is it loud? | How is it loud?
wann fährt der Bus | wo fährt der Bus
Do LED lights use less energy than incandescent lights? | Why do LED lights use less energy than incandescent lights?
Do LED lights use less energy than halogen lights? | How much less energy do LED lights use than halogen lights?
Can I get a rebate? | Where can I get a rebate?
Is the rebate paid by check? | When is the rebate paid by check?
Hello, is the rebate paid? | Can you tell me when the rebate is paid?
I moved out. Is my deposit kept? | I moved out. Why is my deposit kept?
""",
    "names": """
How do I reach Anna? | How do I reach Peter in sales?
does revolut work in spain | does it work in italy, please
Is the eWallet free? | Is the iPocket free of cost?
Do I need a visa for the US? | Do I need a visa for the UK?
Do I need a permit for a deck? | Do I need a permit for a deck in Vermont?
Is a deposit usual? | is a deposit usual in turkey
How do I rent out a room? | How do I rent out a room in Kleinstadt?
""",
    "direction": """
How do I fly from Rome to Milan? | How do I fly from Milan to Rome?
Convert euros to dollars | Convert dollars to euros
flights from Rome | flights to Rome
Can a tenant sue a landlord? | Can a landlord sue a tenant?
Can a tenant sue a landlord? | Can a tenant be sued by a landlord?
Is gas cheaper than oil? | Is oil cheaper than gas?
Is plan A better than B? | Is plan B better than A?
Should I use butter instead of oil? | Should I use oil instead of butter?
Fahren Züge von Berlin nach Bonn? | Fahren Züge von Bonn nach Berlin?
""",
    "exchange": """
how do i contact tariq | how do i contact sven
the filter of a dishwasher | the filter of a dryer
What is escrow? | What is amortisation?
how do i insure a mountain bike | how do i insure a piano
Who is Marie? | Who is Maria?
转账需要多长时间 | 取款需要多长时间
How do I find air leaks? | How do I seal air leaks?
how do i find a contractor | how do i pay a contractor
How do I see my bills? | How do I pay my bills?
What is my order number? | What is my order status?
Is there a security question? | Is there a security code?
""",
    "insertion": """
How does a water heater work? | How does a tankless water heater work?
How do I reset my password? | How can I reset my wifi password?
Where is the filter of my furnace? | Where's the filter of my oil furnace?
How do I change the filter of my furnace? | How do I change my furnace?
Who mends a fence? | Who mends a chain-link fence?
who cleans a dishwasher | who cleans the spray arm of a dishwasher
what does a heat pump cost | what does a used heat pump cost
""",
    "extremes": """
What is the dose for adults? | What is the maximum dose for adults?
What is the wage of a nurse? | Do you know the average wage for nurses?
How much do I have to deposit? | What is the minimum deposit?
""",
}
ALIKE = """
what should I do to save money on my bills? | Tell me how to save money on bills
how do i reset my password | how can i reset my password?
Is 1,500 kWh a lot? | Is 1500 kWh a lot?
How much is 25 % of 200? | how much is twenty-five percent of 200
What does chapter IV say? | What does chapter 4 say?
What was due on 2024-05-01? | What was due on 1 May 2024?
Does version 2 work? | Does v2 work?
Which iPhone12 case fits? | which iphone 12 case fits
Can I have one card? | Can I have a card?
What do I do when I lose my card? | When I lose my card, what do I do?
What happens if I may stay? | What happens when I may stay?
My card isn't working | My card is not working
I don't know why I was charged | Why was I charged?
Is it not possible to pay? | Is it impossible to pay?
The transfer has failed | The transfer has not worked
I can't open the file | I am unable to open the file
How come it is late? | Why is it late?
What does it cost? | How much does it cost?
Where do I go to change it? | How do I change it?
Can a tenant be sued by a landlord? | Can a landlord sue a tenant?
Is there a charge for withdrawing cash? | Is there a cash withdrawal charge?
In the app, how do I block a card? | How do I block a card in the app?
What colour is the wire? | What color is the wire?
How do I organise the delivery? | How do I organize the delviery?
What is the top-up limit? | What is the topup limit?
How do I delete it? | How do I remove it?
HOW DO I GET A CARD? | how do i get a card?
How Do I Renew My Passport? | how do i renew my passport?
Do I need a visa for Japan? | do i need a visa for japan
Is it a non-refundable fee? | Is it a nonrefundable fee?
Is it a non-stop flight? | Is it a nonstop flight?
Is the fee not refundable? | Is the fee non-refundable?
Is ½ of it mine? | Is half of it mine?
Is a 6' pipe enough? | Is a 6 foot pipe enough?
What does "error 404" mean? | What does error 404 mean?
What was new in the 1990's? | What was new in the 1990s?
我能不能退款 | 我能退款
有没有优惠 | 有优惠
Can I get a rebate? | How can I get a rebate?
Is there someone who can fix it? | Who can fix it?
What does escrow mean? | What is the meaning of escrow?
May I ask when the bus leaves? | When does the bus leave?
Do you know the price of a ticket? | How much is the price of a ticket?
Is there a limit on how much I can add? | Is there a limit on the amount I can add?
Where can I find my invoices? | Where can I see my invoices?
How do I reset my password? | How do I reset my current password?
How do I bleed a radiator? | How do I properly bleed a radiator?
How do I bleed a radiator? | How do I bleed a radiator at home?
How many cards can I have? | What is the maximum number of cards I can have?
What is the limit for cards? | What is the maximum for cards?
Wie setze ich mein Passwort zurück? | Wie kann ich mein Passwort zurücksetzen?
"""


def pairs(table):
    return [tuple(line.split(" | ")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(
    ("guard", "asked", "known"), [(guard, *pair) for guard, table in APART.items() for pair in pairs(table)]
)
def test_a_guard_tells_apart_in_either_order(guard, asked, known):
    assert GUARDS[guard](read(asked), read(known))
    assert GUARDS[guard](read(known), read(asked))


@pytest.mark.parametrize(("asked", "known"), pairs(ALIKE))
def test_the_same_in_other_words_is_left_alone(asked, known):
    assert tell_apart(asked, known) == ()
    assert tell_apart(known, asked) == ()


def test_each_guard_has_examples():
    assert set(APART) == set(GUARDS)


def test_differences_are_named_by_their_guards():
    assert differences(read("Can I add 2 cards?"), read("Can I add 3 cards?")) == ("numbers",)


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "42", "🙂", "a", "A" * 5000, "not", "1/0", "from to from to"]
)
def test_any_text_can_be_read_and_is_like_itself(text):
    assert tell_apart(text, text) == ()


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("How do I reset my password?", True),
        ("Wie setze ich mein Passwort zurück?", False),
        ("Comment puis-je annuler mon abonnement ?", False),
        ("¿Cómo cancelo mi contrato?", False),
        ("Как сменить пароль?", False),
        ("转账需要多长时间", False),
        ("password reset", False),
    ],
)
def test_english_is_told_by_its_small_words(text, english):
    assert read(text).english is english
