"""Questions that ask for the same in other words: data for minimal_edits.py."""

TASKS = """
reset my password
save money on my heating bill
cancel my home insurance
install the app on a new laptop
bleed a radiator
renew my passport
report a lost card
insulate the attic
appeal against a parking fine
book an appointment with the nurse
lower the temperature of the water heater
export all contacts
claim the travel costs
open a savings account
register a new car
back up the database
sign the lease online
clean the filter of the heat pump
find a doctor who speaks French
get a refund for a delayed train
"""

REQUESTS = """
How do I {}? = How can I {}?
How do I {}? = how do i {}
How can I {}? = Can you tell me how to {}?
What do I have to do to {}? = What should I do to {}?
what should I do to {}? = Tell me how to {}
How do I {}? = I would like to know how I can {}.
I want to {}. How do I do that? = How do I {}?
How do I {}? = Please explain how to {}
Hi, how can I {}? = How would I {}?
What is the way to {}? = What's the best way to {}?
"""

PARAPHRASES = """
Is the branch open on Saturday? = Is the branch open on Saturdays?
What does a heat pump cost? = How much does a heat pump cost?
What is the price of a day ticket? = How much is a day ticket?
Which documents do I need for a mortgage? = What documents do I need for a mortgage?
Can I cancel within 14 days? = Can I cancel within fourteen days?
What is the limit for 1,000 euros? = What's the limit for €1000?
Can I take 2 bags with me? = Can I take two bags with me?
What do I do when I lose my card? = What should I do if I lose my card?
When I lose my card, what do I do? = What do I do when I lose my card?
When will my card arrive? = How long will it take until my card arrives?
Why was my payment declined? = For what reason was my payment declined?
Why did the price go up? = How come the price went up?
What is the reason for the outage? = Why was there an outage?
Where can I find my invoices? = Where do I find my invoices?
Is it possible to pay by card? = Can I pay by card?
Does the warranty cover batteries? = Are batteries covered by the warranty?
My card isn't working = My card is not working
I can't log in to the portal = I cannot log in to the portal
I am unable to open the file = I can't open the file
The transfer failed, what now? = My transfer did not work, what now?
How do I switch off the alarm? = How do I turn off the alarm?
How do I turn the heating off? = How do I turn off the heating?
How do I get from Rome to Milan? = How do I travel from Rome to Milan?
How do I convert euros to dollars? = How can I convert euros into dollars?
Is gas cheaper than electricity? = Is gas really cheaper than electricity?
Can my landlord raise the rent? = May my landlord raise the rent?
Could you explain what escrow is? = What is escrow?
What does escrow mean? = What is the meaning of escrow?
Who do I contact about a lost parcel? = Whom should I contact about a lost parcel?
How long does delivery take? = How long will the delivery take?
How often should I service the boiler? = How frequently should the boiler be serviced?
Is there a fee for cash withdrawals? = Is there a cash withdrawal fee?
Can I use the card abroad? = Can the card be used abroad?
Do I need a visa for Japan? = Is a visa needed for Japan?
What colour is the wire? = What color is the wire?
How do I organise a move? = How do I organize a move?
Can I send an e-mail to support? = Can I send an email to support?
Is the wi-fi free? = Is the wifi free?
How do I delete my account? = How do I remove my account?
How do I change my address? = How do I update my address?
Where is the nearest pharmacy? = Where's the nearest pharmacy?
Do you know when the office opens? = When does the office open?
I want to know why my bill is so high. = Why is my bill so high?
Is a deposit of 5 % enough? = Is a deposit of 5 percent enough?
Does the app run on v2 devices? = Does the app run on version 2 devices?
What happens on 1 May 2024? = What happens on 2024-05-01?
In the app, how do I block a card? = How do I block a card in the app?
Do I have to pay tax on a gift? = Must I pay tax on a gift?
Are dogs allowed on trains? = Are dogs allowed on the train?
Can a tenant be evicted in winter? = Can tenants be evicted in winter?
"""
