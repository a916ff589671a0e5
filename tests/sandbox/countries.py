"""Where the prospects live: names, towns, zones and phone ranges. Numbers come from ranges reserved for fiction
where a country has one, else they only have the right length. Data only."""

# name, language, [(town, zone)], phone with # for digits, how people there write it, given names, family names
COUNTRIES = [
    ("United States", "en", [("New York", "America/New_York"), ("Chicago", "America/Chicago"),
                             ("Denver", "America/Denver"), ("San Francisco", "America/Los_Angeles")],
     "+120255501##", "+1 (202) 555-01##", "James Maria Tyrone Emily Joshua Aaliyah Walter Grace",
     "Whitaker O'Neill Ramirez Washington Kowalczyk Nguyen Hayes Goldberg"),
    ("United Kingdom", "en", [("London", "Europe/London"), ("Leeds", "Europe/London")],
     "+447700900###", "+44 7700 900###", "Oliver Amelia Rhys Priya Callum Imogen Nadia Hugh",
     "Pemberton Clarke Llewellyn Patel Fraser Ashworth Begum Sinclair-Hughes"),
    ("Germany", "de", [("Berlin", "Europe/Berlin"), ("München", "Europe/Berlin"), ("Köln", "Europe/Berlin")],
     "+4917139200##", "0171 39200##", "Jürgen Anneliese Björn Käthe Uwe Friederike Matthias Zoë",
     "Müller Weiß Großmann Schäfer Bäcker Krüger Löwe Vogt"),
    ("France", "fr", [("Paris", "Europe/Paris"), ("Lyon", "Europe/Paris")],
     "+33639980###", "+33 6 39 98 0# ##", "Théo Élodie François Maëlle Benoît Agnès Hélène Loïc",
     "Lefèvre Dubois d'Aubigné Moreau Béranger Cœurdoux Garnier Hénault"),
    ("Sweden", "en", [("Stockholm", "Europe/Stockholm"), ("Malmö", "Europe/Stockholm")],
     "+467017406##", "+46 70-174 06 ##", "Åsa Göran Linnéa Björn Märta Sören Elin Viggo",
     "Sjöberg Ångström Lindqvist Öberg Hägg Norrström Ek Wåhlin"),
    ("Poland", "en", [("Warszawa", "Europe/Warsaw"), ("Kraków", "Europe/Warsaw")],
     "+48500000###", "+48 500 000 ###", "Łukasz Małgorzata Zbigniew Agnieszka Paweł Żaneta Michał Grażyna",
     "Wójcik Kaczmarek Dąbrowski Szczęsny Zieliński Gołąb Mazur Śliwa"),
    ("South Africa", "en", [("Cape Town", "Africa/Johannesburg"), ("Durban", "Africa/Johannesburg")],
     "+27600000###", "+27 60 000 0###", "Thabo Lerato Pieter Nomvula Sipho Annelie Kagiso Zanele",
     "Nkosi van der Merwe-Smit Dlamini Botha Mokoena Naidoo Khumalo du Toit"),
    ("United Arab Emirates", "en", [("Dubai", "Asia/Dubai"), ("Abu Dhabi", "Asia/Dubai")],
     "+971500000###", "+971 50 000 0###", "Omar Layla Khalid Fatima Yousef Mariam Hamad Noor",
     "Al-Mansoori Haddad Rahman El-Sayed Qureshi Nasser Al-Falasi Saleh"),
    ("India", "en", [("Bengaluru", "Asia/Kolkata"), ("Mumbai", "Asia/Kolkata")],
     "+919000000###", "+91 90000 00###", "Arjun Ananya Vikram Lakshmi Rohan Meera Sanjay Kavya",
     "Iyer Deshmukh Chatterjee Nair Reddy Kapoor Bhattacharya Rao"),
    ("Singapore", "en", [("Singapore", "Asia/Singapore")],
     "+6580000###", "+65 8000 0###", "Wei Hui Jun Siti Kelvin Mei Haziq Shanti",
     "Tan Lim Ng Goh Binte-Osman Koh Wong Teo"),
    ("Japan", "en", [("Tokyo", "Asia/Tokyo"), ("Osaka", "Asia/Tokyo")],
     "+819000000###", "+81 90-0000-0###", "Haruto Yuki Kenji Sakura Daichi Aiko Ren Mio",
     "Satō Takahashi Ōta Nakamura Itō Kobayashi Yamaguchi Endō"),
    ("Australia", "en", [("Sydney", "Australia/Sydney"), ("Perth", "Australia/Perth")],
     "+61491570###", "+61 491 570 ###", "Lachlan Matilda Jarrah Chloe Angus Isla Banjo Ruby",
     "Thompson Papadopoulos O'Brien Nguyen-Walsh McKenzie Burke Rossi Carey"),
    ("Brazil", "en", [("São Paulo", "America/Sao_Paulo"), ("Recife", "America/Recife")],
     "+5511900000###", "+55 11 90000-0###", "João Beatriz Antônio Conceição Thiago Lívia Otávio Inês",
     "Gonçalves Araújo Magalhães Simões Brandão Leitão Assunção Muñoz"),
    ("New Zealand", "en", [("Wellington", "Pacific/Auckland"), ("Auckland", "Pacific/Auckland")],
     "+6421000###", "+64 21 000 ###", "Aroha Liam Tāne Hana Wiremu Sophie Mere Jack",
     "Ngata Wilson Tūhoe Parata Henare Campbell Rāwiri Ward"),
]

COMPANIES = ["Northwind", "Blaufluss", "Kestrel", "Atelier Six", "Harbour & Sons", "Solara", "Tiefgrund", "Maple Ridge",
             "Zephyr", "Ostrava", "Lumen", "Greyfriars", "Cobalt", "Sunward", "Meridian", "Fjordlys"]
TRADES = ["Logistics", "Dental", "Packaging", "Software", "Interiors", "Robotics", "Foods", "Clinics", "Travel"]
TITLES = ["Head of Operations", "Managing Director", "Office Manager", "CFO", "VP Sales", "IT Lead", "Founder",
          "Procurement Manager", "Practice Manager", "Plant Manager"]
TOPICS = ["the onboarding of the two new sites", "the rollout for the field team", "the pilot with twenty seats",
          "moving the bookings over", "the yearly maintenance plan", "the reporting for your board",
          "replacing the old scheduling tool", "the support hours at weekends"]
SUMMARIES = ["you liked the short set-up and wanted to see prices for 40 seats",
             "the open point was who would train the night shift",
             "you were going to show the offer to your partner",
             "we agreed that the data import decides everything",
             "your main worry was the switch in the middle of the season",
             "you asked for two references from your trade",
             "the budget is decided after the quarter closes"]
LAST_CONTACTS = ["9 February", "12 February", "16 February", "18 February", "23 February", "25 February"]
LAST_HOW = ["spoke", "met", "spoke", "talked by video"]
VALUES = [("how a firm of your size did the switch in two weeks", "https://sandbox.example/two-weeks"),
          ("the one-page comparison you can show to your partner", "https://sandbox.example/one-page"),
          ("three answers on training the night shift", "https://sandbox.example/night-shift"),
          ("a short film of the import with real data", "https://sandbox.example/import")]
CONCERNS = ["who trains the people", "the price for the first year", "the switch in the middle of the season",
            "where the data is kept", "whether the old tool can run beside it for a while"]
COMMITMENTS = ["talk to your partner", "show the offer to your board", "count the seats you need", "ask your IT lead",
               ""]
