"""Questions of several fields and what is exchanged in them, by family: data for minimal_edits.py.

A line is a question with {} and the pairs that may stand there.
"""

NUMBERS = """
Can I run {} heaters on one circuit? = 2|3, 4|5, 10|12
What happens after {} failed logins? = 3|5, 6|9, 10|20
Is a boiler from {} still worth repairing? = 1998|2008, 2011|2017, 1985|1995
How do I claim tax relief on {} of income? = £1,200|£1,500, $40,000|$45,000, €900|€800
Should the thermostat be at {} degrees at night? = 16|18, 17|19, 20|22
Does the warranty cover {} years? = 2|5, 3|10, 1|4
Are {} percent of the costs refunded? = 20|30, 50|70, 5|15
What does error {} mean? = 404|500, 0x12|0x13, 1603|1618
How long does a {} litre tank take to warm up? = 80|120, 150|200, 300|500
Can I bring {} kg of luggage on a short flight? = 8|12, 20|23, 15|32
Is {}% vinegar strong enough for descaling? = 5|6, 10|20, 12|25
What is the fine for driving {} mph over the limit? = 5|15, 10|30, 20|40
How do I transfer {} people to another tariff? = 250|2500, 12|21, 30|40
May a tenant be given {} days of notice? = 14|28, 30|60, 7|21
Which vaccines does a child of {} need? = 2|6, 4|12, 11|14
Is {}/80 a good blood pressure? = 120|140, 110|130, 100|160
How much interest do I earn on {} at the moment? = 5,000 euros|50,000 euros, 1.5 million|2.5 million
How do I split a bill between {} guests? = 3|6, 7|8, 9|11
Can I withdraw {} at a foreign machine? = $200|$400, 300 EUR|500 EUR, 100|1000
Is paragraph {} of the contract binding? = 4|14, 7.1|7.2, 12|21
What does chapter {} say about liability? = IV|VI, II|III, 4|9
How many calories burn {} minutes of swimming? = 30|45, 20|60, 15|90
"""

SPELLED_NUMBERS = """
Can I add {} cards to my account? = two|three, four|six, a dozen|twenty
Do I have {} weeks to object? = two|four, three|eight, six|twelve
What is the charge for the {} replacement card? = first|second, second|third, third|fourth
Is it enough to air the room {} a day? = twice|three times, four times|five times
Are children under {} carried free of charge? = five|seven, twelve|fourteen, two|eleven
How do I insulate a house with {} floors? = two|three, three|four, five|six
May I pay in {} instalments? = six|twelve, three|four, ten|twenty-four
Is {} of the deposit kept by the landlord? = half|a quarter, one third|two thirds, a third|a half
Do patients over {} get the vaccine for free? = sixty|seventy, fifty-five|sixty-five, forty|eighty
Is a loan of {} euros secured? = five thousand|fifty thousand, two hundred|three hundred, one million|two million
Which documents are needed for the {} appeal? = first|second, second|third
How do I configure {} monitors? = two|three, four|five, six|eight
Can {} witnesses sign the will? = two|three, three|five
Does the {} floor need an emergency exit? = second|third, fifth|sixth, eleventh|twelfth
How do I share the licence with {} colleagues? = five|nine, twenty|thirty, eight|eighteen
Is the meter read every {} months? = three|six, two|twelve
"""

DATES = """
Is the branch open on {}? = Monday|Saturday, Tuesday|Friday, Sunday|Thursday
What were the tariffs in {}? = 2021|2023, March|May, June 2022|July 2022
When must I file the return if I moved in {}? = January|October, April|November, August|December
Was there an outage on {}? = 2024-05-01|2024-06-01, 3 May|13 May, 12/06/2023|12/07/2023
Are trains running on {} morning? = Monday|Sunday, Wednesday|Saturday
How do I get the statement for {}? = the first quarter|the third quarter, Q1|Q4, February|September
Will the office be closed in {}? = July|August, December|January
Can I book an appointment for {} afternoon? = Tuesday|Thursday, Friday|Monday
What changed in the law of {}? = 2016|2018, 1 January 2020|1 January 2021, May 2019|May 2009
Should I bleed the radiators in {}? = October|March, spring|autumn
What does the nurse do on {}? = Mondays|Wednesdays, Fridays|Tuesdays
Is my contract from {} still valid? = 2015|2019, 15 March|15 April, March 3rd|March 4th
Does the deadline of {} apply to me? = 31 May|30 June, 30 September|31 October
"""

UNITS = """
How much does 5 {} cost? = kW|kWh, litres|gallons, kilos|tonnes
Is 60 {} too hot for a wash? = °C|°F, degrees Celsius|degrees Fahrenheit
Can I cancel within 14 {}? = days|weeks, hours|days, months|days
How do I convert 3 {} of gas into money? = kWh|cubic metres, therms|kWh
May I park for 30 {}? = minutes|hours, minutes|days
What is the dose for 10 {}? = mg|ml, kg|lb, ml|tablespoons
Is 500 {} of storage enough? = MB|GB, GB|TB
How fast is 100 {}? = Mbps|Gbps, km/h|mph
Does the card cost 20 {} a year? = euros|dollars, pounds|euros, francs|dollars
Is the pipe 2 {} wide? = cm|inches, metres|feet, mm|cm
How far is 7 {} on foot? = km|miles, miles|yards
Does the pump use 800 {}? = watts|kilowatts, W|kW
Can a bag weigh 20 {}? = kg|pounds, kilograms|stone
Will the battery last 8 {}? = hours|weeks, minutes|hours, years|months
Is there a penalty after 2 {}? = months|years, weeks|months
"""

VERSIONS = """
How do I install Python {}? = 3.11|3.12, 3.8|3.9, 2|3
Is Windows {} still supported? = 10|11, 7|8.1
What is new in version {}? = 2.1|2.2, v2|v3, 1.0|1.10
Does the seat map differ on the {}? = A320|A330, A319|A321, 737|787
How do I reset an iPhone {}? = 12|13, 14|15, X|8
Can I use the charger of a {} phone? = S21|S22, P30|P40
Which browsers speak TLS {}? = 1.2|1.3, 1.0|1.1
How do I migrate the database from release {}? = 4.2|5.2, 13|14
Is {} better for streaming? = 4G|5G, HDMI 1.4|HDMI 2.1
Does the app run on Android {}? = 9|12, 10|14
How do I renew a class {} licence? = B1|C1, D1|D2
What does form {} ask for? = W2|W9, 1040|1099, P45|P60
How can I convert MP{} files? = 3|4
Is vitamin {} good for bones? = B12|B6, D3|K2
Which paper tray holds {}? = A4|A5, A3|A4
Is IPv{} enabled by default? = 4|6
"""

NEGATIONS = """
Can I {} my card abroad? = use|not use
Why does the boiler {} at night? = start|not start
What if I {} the invoice in time? = pay|don't pay
Which foods {} cholesterol? = contain|don't contain, contain|do not contain
How do I travel {} a visa? = with|without
What should I do if the backup {}? = worked|didn't work, runs|never runs
Are pets {} in the flat? = allowed|not allowed
When {} I see a doctor? = should|shouldn't, must|need not
Which costs {} covered by the insurance? = are|are not, are|aren't
{} a landlord raise the rent? = When can|When can't
I {} log in from my phone, why? = can|can't, could|cannot
Is it {} to share a password? = safe|unsafe, legal|illegal, possible|impossible
Am I {} to open the file? = able|unable
Which appliances {} need a separate fuse? = do|do not, really|don't
Why {} my salary arrived? = has|hasn't, had|hadn't
How do I {} paying twice? = keep|avoid
How do I print {} the header? = with|without
What happens if I {} to the letter? = reply|fail to reply
Do all rooms {} the attic need insulation? = including|except
Why does the server {} sending mail? = start|stop
Which visitors {} register? = must|need not, have to|don't have to
Is the gift card {} refundable? = still|not, always|never
There is {} hot water, what now? = some|no
"""

OPPOSITES = """
How do I turn {} the heating? = on|off, up|down
How do I {} two-factor login? = enable|disable, activate|deactivate
How do I {} an account? = open|close, lock|unlock, block|unblock
Should I take the tablets {} meals? = before|after
What is the {} dose for adults? = maximum|minimum, highest|lowest
How do I {} shares? = buy|sell
How can I {} the pressure of the boiler? = increase|decrease, raise|lower, raise|reduce
Which windows suit {} climates? = hot|cold, dry|humid
How do I {} contacts? = import|export, add|remove, hide|show
What are the {} of a heat pump? = advantages|disadvantages, pros|cons, benefits|drawbacks
Is {} lighting more efficient? = indoor|outdoor
Can I {} money on a Sunday? = deposit|withdraw, send|receive, lend|borrow
How do I filter {} calls? = incoming|outgoing
Is there a fee for {} cards? = debit|credit, physical|virtual
What is the {} way to heat a house? = cheapest|most expensive, best|worst, fastest|slowest
How do I {} the software? = install|uninstall, upgrade|downgrade
Who pays when the court {} the claim? = accepts|rejects, allows|denies
Is it {} to mix these drugs? = safe|dangerous
What should I check in {}? = summer|winter
When is the {} train to the airport? = first|last, next|previous
How do I {} a file? = upload|download, encrypt|decrypt, compress|extract
How do I {} a printer? = connect|disconnect
Should the {} pay for repairs? = landlord|tenant, buyer|seller, employer|employee
Do {} rates apply to my mortgage? = fixed|variable
Are {} flights cheaper? = domestic|international, early|late
How do I check {}? = in|out
Where do I log {} of the portal? = in|out
Are expenses for a {} office deductible? = public|private
Which {} need a permit? = imports|exports, arrivals|departures
Why is my {} so loud? = heating|cooling
Can a {} sign the form? = parent|child
Is the valve {}? = open|closed, visible|hidden
"""

NAMES = """
How do I reach {} in accounting? = Anna|Peter, Mrs Keller|Mr Novak, Olivia|Jonas
What is the weather insurance for a trip to {}? = Spain|Norway, Lisbon|Oslo, Kenya|Peru
How do I connect {} to my mailbox? = Outlook|Thunderbird, Slack|Teams, Gmail|Yahoo
Does the tariff of {} include night rates? = Vattenfall|Eon, Octopus|Bulb
Which forms does {} require? = Texas|Ohio, Bavaria|Saxony, Quebec|Ontario
Is {} allowed during pregnancy? = Ibuprofen|Paracetamol, Aspirin|Insulin
Can I pay with {}? = Visa|Mastercard, PayPal|Klarna, Venmo|Zelle
How do I restart the {} dishwasher? = Bosch|Miele, Siemens|Whirlpool
Is there a direct train from {}? = Berlin|Hamburg, Lyon|Nantes, Leeds|York
Who answers for {} after the merger? = Daimler|Porsche, AXA|Allianz
Does {} support single sign-on? = GitHub|GitLab, Jira|Trello, AWS|Azure
Which visa do citizens of {} need? = India|Brazil, Ghana|Chile
Where is the {} office? = Vienna|Zurich, Boston|Denver
How do I cite the {} ruling? = Miller|Donoghue, Schrems|Dassonville
Is Dr {} taking new patients? = Weber|Lang, Osei|Haddad
How do I deploy to {}? = Heroku|Fly, iOS|Android
"""

LOWER_CASE_NAMES = """
how do i contact {}? = anna|peter, tariq|sven, mrs alvarez|mr dubois
is there a night bus to {}? = bristol|cardiff, ghent|bruges, porto|faro
can i return a {} heater? = bosch|dyson, delonghi|philips
does {} charge for transfers? = revolut|monzo, wise|starling
what is the {} cancellation policy? = ryanair|easyjet, hertz|sixt
how do i export my notes from {}? = evernote|notion, trello|asana
is {} open source? = postgres|redis, kafka|rabbitmq
which vaccines are needed for {}? = ghana|bolivia, laos|nepal
who replaces {} on leave? = fatima|georg, wendy|imran
can {} sign for me? = lukas|marek, my sister|my lawyer
how often should the filter of a {} be cleaned? = dishwasher|dryer, freezer|cooker
what is the side effect of {}? = ibuprofen|codeine, omeprazole|statins
how much power does a {} need? = kettle|toaster, freezer|television, laptop|router
is a {} covered by home insurance? = bicycle|piano, greenhouse|trampoline
do i need a permit for a {}? = fence|carport, chimney|balcony
how do i descale the {}? = kettle|shower, iron|boiler
what is the deadline for a {} claim? = pension|divorce, dental|theft
can i take a {} on the train? = dog|surfboard, scooter|cello
"""

INSERTIONS = """
How does a {} water heater work? = |tankless, |gas, |solar
How do I reset my {} password? = |wifi, |voicemail, |router
How often do I replace the filter of my {} furnace? = |oil, |propane
How do I change {} my furnace? = |the filter of, |the belt of
What does a {} window cost? = |double-glazed, |basement, |skylight
Is a {} permit needed for a shed? = |building, |fire
Can I return a {} ticket? = |group, |student, |first-class
Who repairs a {} fence? = |shared, |chain-link
How do I renew a {} licence? = |fishing, |motorcycle, |software
What is the {} voltage of a socket? = |maximum, |minimum, |average
Where do I download the {} statement? = |tax, |pension
Which {} allergies are covered? = |food, |pollen
Do I need a permit for a deck{}? = | in Vermont, | in Ohio, | in Ireland
How high is the sales tax{}? = | in Texas, | in Norway, | in Ontario
Is the {} pump under warranty? = |sump, |fuel, |breast
How do I clean {} a dishwasher? = |the spray arm of, |the drain of
What happens when my {} loan is paid off? = |student, |car
Does the {} app work offline? = |desktop, |banking
"""

DIRECTIONS = """
How do I fly from {0} to {1}? = Rome|Milan, Dublin|Paris, Delhi|Goa
How do I convert {0} to {1}? = euros|dollars, Word|PDF, Celsius|Kelvin
Can a {0} sue a {1}? = tenant|landlord, patient|doctor, supplier|customer
Is {0} cheaper than {1}? = gas|electricity, solar|wind, leasing|buying
Should I wash {0} before {1}? = wool|cotton, windows|floors
How do I move money from {0} into {1}? = savings|checking, cash|bonds
How do I import data from {0} into {1}? = Excel|Access, Jira|Asana
Can I use {0} instead of {1}? = butter|oil, rope|chain, glue|screws
Does {0} cause {1}? = stress|insomnia, dust|asthma
Is {0} more reliable than {1}? = MySQL|SQLite, diesel|petrol
Do {0} take precedence over {1}? = creditors|shareholders, statutes|contracts
How do I redirect mail from {0} to {1}? = support|sales, home|work
Does the {0} pay the {1}? = insurer|garage, bank|broker
How do I forward calls from my {0} to my {1}? = mobile|landline, office|house
May a {0} report a {1}? = nurse|surgeon, teacher|parent
How do I replace {0} with {1}? = copper|plastic, bulbs|tubes
Does {0} affect {1}? = humidity|temperature, alcohol|sleep
Is it better to paint {0} after {1}? = walls|ceilings, doors|frames
How do I upgrade from {0} to {1}? = basic|premium, disk|flash
Can I swap my {0} for a {1}? = window seat|aisle seat, lease|loan
"""

QUESTION_WORDS = """
{} can I pick up my passport? = When|Where, Where|How, When|Why
{} does the meter get replaced? = When|How, Why|When, How often|Why
{} signs the contract? = Who|When does one
{} do I have to wait for a refund? = How long|Why, Where|How long
{} should I service the boiler? = How often|Why, When|How, Who
{} is the contribution to the pension? = How much|Why, When|How much
{} was my transfer rejected? = Why|When, How|Why
{} tickets may I buy? = How many|Where, Which|How many
{} is the nearest pharmacy? = Where|How far, When|Where
{} do I report a gas leak? = Where|How, To whom|How, When|Where
{} pays for the expert? = Who|Why
{} are the backups made? = When|Where, How|When, How often|Where
{} do landlords check references? = Why|How, When|Why
{} may I stay in the country? = How long|Where, Why|How long
{} did the price go up? = Why|When, How much|Why
{} is this drug taken? = When|Why, How|When, How often|When
Can you tell me {} the update is installed? = when|why, where|how
I want to know {} my card expires. = when|why
{} is the sender of this letter? = Who|Where
{} can I see my old bills? = Where|When, How|Where, Why
"""
