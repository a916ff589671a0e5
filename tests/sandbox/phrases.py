"""What the prospects say. Data only; {first} is the writer, {topic} what it is about."""

ANSWERS = {
    "en": ["Thanks for getting back to me. The price is fine, but who would train our people?",
           "Good timing, we talked about {topic} yesterday. Can you send me the two references?",
           "Sorry for the silence, it was a busy week. I am still interested, let me check with my partner.",
           "Could we start with a smaller package? 40 seats is too much for this year.",
           "That helps. How long does the set-up take if we begin in April?",
           "We are also looking at another offer. What makes yours better for {topic}?",
           "I showed it to our board and they had one question: where is the data kept?",
           "Yes, still on our list. The budget is decided at the end of the month."],
    "de": ["Danke für die Nachricht. Der Preis passt, aber wer schult unsere Leute?",
           "Gut, dass Sie sich melden. Können Sie mir die beiden Referenzen schicken?",
           "Entschuldigen Sie die späte Antwort. Wir haben weiter Interesse, ich muss noch mit meinem Partner reden."],
    "fr": ["Merci pour votre message. Le prix me convient, mais qui formera nos équipes ?",
           "Vous tombez bien, nous en avons parlé hier. Pouvez-vous m'envoyer les deux références ?",
           "Désolé pour le silence. Nous sommes toujours intéressés, je dois voir avec mon associé."],
}
SHORT = ["Got your message about {topic}. Still interested, who trains the night shift?",
         "Hi, {first} here. Looks good, can we begin in April?",
         "Yes please, send me the references.", "Interesting. What would 20 seats cost?"]
TEXT_INSTEAD = ["Hi, {first} here. Got your e-mail. Text is easier for me, I am on the road all week.",
                "Saw your mail about {topic}. I hardly read mail, text me here. And yes, we are interested.",
                "{first} here, about your e-mail: can we do this by text? I would like to see the prices for 20 seats."]
TELEGRAM_INSTEAD = ["Hi, {first} here, about your e-mail. I am always on Telegram, let's talk here.",
                    "Your mail went to my archive, better here. How long does the set-up take?"]
WISH_TEXT = ["Thanks. Please text me instead of e-mailing, I am on site most of the day.",
             "I am interested, but text me rather than e-mail, please. My inbox is a mess."]
MISSED_CALL = ["Saw I missed your call, was in a meeting. Text me what it is about?",
               "Missed your call, sorry. Can you text me the two prices?"]
AGAIN = ["Thanks, that answers it. I will talk to my partner by Thursday.", "OK. And what about the data import?",
         "Great, send it over.", "Good. Let us fix a date next week then."]
COLLEAGUE = ["{first} passed your mail on to me, I look after this now. Could you send me the prices for 20 seats?",
             "I am answering for {first}. We are interested, but not before May."]
OUT_OF_OFFICE = {
    "en": ("Automatic reply: {subject}",
           "Thank you for your message. I am out of the office and will be back on {date}. "
           "In urgent cases please call our reception."),
    "de": ("Automatische Antwort: {subject}",
           "Vielen Dank für Ihre Nachricht. Ich bin nicht im Büro und ab dem {date} wieder erreichbar. "
           "In dringenden Fällen hilft unser Empfang."),
    "fr": ("Réponse automatique : {subject}",
           "Merci pour votre message. Je suis absent du bureau et serai de retour le {date}."),
}
STOP = ["STOP", "Stop.", "STOP", "stop please", "Unsubscribe"]
UNSUBSCRIBE = ["unsubscribe please", "Please unsubscribe me.", "Unsubscribe"]
REMOVE_ME = ["Please remove me from your list and do not contact me again.",
             "Take me off your list. Do not contact me again."]
