//! Names of the demo company's world.

/// Customers: name, city, postcode.
pub const COMPANIES: [(&str, &str, &str); 60] = [
    ("Nordlicht Medien GmbH", "Kiel", "24103"),
    ("Bäckerei Özdemir", "Duisburg", "47051"),
    ("Kanzlei Dr. Vogel & Partner", "Hannover", "30159"),
    ("Autohaus Lindemann GmbH", "Oldenburg", "26121"),
    ("Praxis am Schlossgarten", "Karlsruhe", "76131"),
    ("Weinhandel Ahr & Söhne", "Bad Neuenahr", "53474"),
    ("Stadtwerke Grünau", "Grünau", "08301"),
    ("Tischlerei Brandt", "Lüneburg", "21335"),
    ("Hausverwaltung Sonnenberg", "Chemnitz", "09111"),
    ("Elbtal Logistik AG", "Dresden", "01067"),
    ("Fahrrad Krüger", "Münster", "48143"),
    ("Optik Seehofer", "Augsburg", "86150"),
    ("Gasthof zur Linde", "Freiburg", "79098"),
    ("Maschinenbau Reutter KG", "Reutlingen", "72764"),
    ("Apotheke am Markt", "Jena", "07743"),
    ("Steuerbüro Hartmann", "Kassel", "34117"),
    ("Gärtnerei Immergrün", "Erfurt", "99084"),
    ("Druckhaus Mainspitze", "Mainz", "55116"),
    ("Architekten Falk + Fuchs", "Weimar", "99423"),
    ("Spedition Jansen", "Emden", "26721"),
    ("Kinderwelt Kita gGmbH", "Potsdam", "14467"),
    ("Metallbau Öhler", "Ulm", "89073"),
    ("Sanitär Pfeiffer", "Bremen", "28195"),
    ("Verlag Herbstlaub", "Leipzig", "04109"),
    ("Brauerei Schwarzer Bär", "Bamberg", "96047"),
    ("Zahntechnik Wolf", "Göttingen", "37073"),
    ("Immobilien Küstenblick", "Rostock", "18055"),
    ("Feinkost Romano", "Köln", "50667"),
    ("Holzwerke Schwarzwald", "Villingen", "78048"),
    ("Reisebüro Fernweh", "Nürnberg", "90402"),
    ("IT-Service Pawelczyk", "Cottbus", "03046"),
    ("Textilpflege Rein", "Bielefeld", "33602"),
    ("Tierklinik Auental", "Regensburg", "93047"),
    ("Musikschule Allegro", "Bonn", "53111"),
    ("Bootswerft Hansen", "Flensburg", "24937"),
    ("Elektro Schröder", "Magdeburg", "39104"),
    ("Pflegedienst Lichtblick", "Dortmund", "44137"),
    ("Kaffeerösterei Mokka", "Hamburg", "20095"),
    ("Möbelhaus Wagner", "Würzburg", "97070"),
    ("Ingenieurbüro Statik Plus", "Aachen", "52062"),
    ("Fitnessstudio Kraftwerk", "Essen", "45127"),
    ("Hotel Bergfrieden", "Garmisch", "82467"),
    ("Glaserei Klar", "Halle", "06108"),
    ("Landmaschinen Voss", "Vechta", "49377"),
    ("Schuhhaus Tritt", "Pirmasens", "66953"),
    ("Buchhandlung Seitenweise", "Tübingen", "72070"),
    ("Dachdeckerei Firstmann", "Siegen", "57072"),
    ("Energieberatung Sonnwend", "Konstanz", "78462"),
    ("Fleischerei Rossmann", "Zwickau", "08056"),
    ("Fotostudio Blende", "Saarbrücken", "66111"),
    ("Gebäudereinigung Glanz", "Mannheim", "68159"),
    ("Kunsthandel Palette", "Düsseldorf", "40213"),
    ("Laborbedarf Reagenz AG", "Heidelberg", "69117"),
    ("Molkerei Almenrausch", "Kempten", "87435"),
    ("Orthopädie Schritt", "Koblenz", "56068"),
    ("Rechtsanwälte Sommer", "Stuttgart", "70173"),
    ("Schlosserei Bolzen", "Hagen", "58095"),
    ("Theaterverein Rampe", "Gera", "07545"),
    ("Versicherungsmakler Sorge", "Paderborn", "33098"),
    ("Zimmerei Balken", "Passau", "94032"),
];

/// Streets.
pub const STREETS: [&str; 16] = [
    "Hauptstraße",
    "Bahnhofstraße",
    "Gartenweg",
    "Am Markt",
    "Schillerstraße",
    "Lindenallee",
    "Mühlweg",
    "Kirchplatz",
    "Industriestraße",
    "Goethestraße",
    "Hafenstraße",
    "Bergstraße",
    "Wiesenweg",
    "Ringstraße",
    "Schulstraße",
    "Dorfstraße",
];

/// People of the company; the first seven are the demo's logins, in the order of the roles.
pub const PEOPLE: [&str; 12] = [
    "Anna Berger",
    "Sven Köhler",
    "Ulrike Maier",
    "Tobias Weiß",
    "Claudia Roth",
    "Mehmet Yıldız",
    "Katrin Nordmann",
    "Jonas Becker",
    "Lea Schuster",
    "Paul Richter",
    "Nina Hofmann",
    "Lukas Brandl",
];

/// What was done, for time accounts.
pub const WORK: [&str; 20] = [
    "Fernwartung Server",
    "Drucker im Lager eingerichtet",
    "Störung E-Mail-Versand behoben",
    "Neuer Arbeitsplatz",
    "Sicherheitsupdates eingespielt",
    "Rückfrage zur Datensicherung",
    "VPN-Zugang eingerichtet",
    "Schulung Warenwirtschaft",
    "Firewall geprüft",
    "Telefonanlage umgestellt",
    "Datenrettung Notebook",
    "Beratung Lizenzen",
    "Netzwerk erweitert",
    "Benutzerkonten aufgeräumt",
    "Monitoring angepasst",
    "Zertifikat erneuert",
    "Kasse neu angebunden",
    "WLAN im Besprechungsraum",
    "Bericht für die Geschäftsführung",
    "Umzug Postfächer",
];

/// What was paid for, for money accounts.
pub const GOODS: [&str; 10] = [
    "Lizenzverlängerung",
    "Ersatzfestplatte",
    "Beratungstag",
    "Domain und Hosting",
    "Monitor 27 Zoll",
    "Anpassung Rechnungsvorlage",
    "Werbemittel",
    "Wartungspauschale",
    "Netzwerkkabel und Dosen",
    "Schulungsunterlagen",
];

/// What is done from afar.
pub const REMOTE: &[&str] = &[
    "Störung E-Mail-Versand behoben",
    "Sicherheitsupdates eingespielt",
    "VPN-Zugang eingerichtet",
    "Rückfrage zur Datensicherung beantwortet",
    "Benutzerkonten aufgeräumt",
    "Zertifikat erneuert",
    "Postfächer umgezogen",
    "Firewallregeln geprüft",
    "Druckerwarteschlange bereinigt",
    "Überwachung des Servers angepasst",
];

/// What is done at the customer's.
pub const ON_SITE: &[&str] = &[
    "Neuen Arbeitsplatz aufgebaut",
    "Netzwerkschrank verkabelt",
    "Drucker im Lager eingerichtet",
    "Kasse neu angebunden",
    "WLAN im Besprechungsraum ausgemessen",
    "Festplatte im Server getauscht",
    "Telefonanlage umgestellt",
];

/// What advice is given on.
pub const CONSULTED: &[&str] = &[
    "Beratung Lizenzen",
    "Sicherheitskonzept besprochen",
    "Angebote für neue Server verglichen",
    "Bericht für die Geschäftsführung",
    "Notfallplan überarbeitet",
];

/// What is taught.
pub const TAUGHT: &[&str] =
    &["Einführung Warenwirtschaft", "Umgang mit Phishing", "Tabellen für Fortgeschrittene", "Neues Telefonsystem"];

/// Articles that are delivered, with how many at the most: first what is a thing, then licences.
pub const GOODS_AND_LICENCES: [(&str, i64); 9] = [
    ("H-100", 3),
    ("H-110", 4),
    ("H-120", 4),
    ("H-200", 1),
    ("H-210", 20),
    ("H-220", 3),
    ("S-100", 12),
    ("S-110", 25),
    ("S-200", 1),
];

/// Those who work on projects besides the logins of the demo: first who leads them.
pub const TEAM: [&str; 25] = [
    PEOPLE[7],
    PEOPLE[8],
    PEOPLE[9],
    PEOPLE[10],
    PEOPLE[11],
    "Sophie Winter",
    "Timo Arndt",
    "Miriam Kaiser",
    "Felix Ostermann",
    "Jana Vogt",
    "Niklas Peters",
    "Hanna Scholz",
    "Yusuf Demir",
    "Laura Engel",
    "Max Böhm",
    "Olga Petrova",
    "Simon Krause",
    "Carla Neumann",
    "David Lorenz",
    "Svenja Thiel",
    "Marco Ferrari",
    "Ines Dietrich",
    "Jan Kowalski",
    "Pia Sander",
    "Robin Heinze",
];
/// How many of them lead projects.
pub const LEADERS: usize = 5;

/// What is done for websites and shops.
pub const WEBSITES: &[&str] = &[
    "Startseite überarbeitet",
    "Zahlungsarten im Shop ergänzt",
    "Kontaktformular repariert",
    "Ladezeit der Produktseiten verbessert",
    "Bilder des neuen Katalogs eingestellt",
    "Weiterleitungen nach dem Umzug geprüft",
    "Texte auf Englisch eingepflegt",
    "Suchfunktion angepasst",
];
