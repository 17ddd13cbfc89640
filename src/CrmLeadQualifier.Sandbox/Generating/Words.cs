namespace CrmLeadQualifier.Sandbox.Generating;

/// <summary>What made-up people and companies are made of, in French and in English.</summary>
internal sealed record Words
{
    public required string Language { get; init; }

    public required (string Name, string[] Cities, string Domain, string Prefix)[] Countries { get; init; }

    public required string[] FirstNames { get; init; }

    public required string[] LastNames { get; init; }

    public required string[] Companies { get; init; }

    /// <summary>Titles of people who decide, of those who prepare, and of those who do neither.</summary>
    public required string[] Deciders { get; init; }

    public required string[] Preparers { get; init; }

    public required string[] Others { get; init; }

    public required string[] Students { get; init; }

    public required (string Domain, string Name)[] Schools { get; init; }

    public required string[] Mailboxes { get; init; }

    public required (string Path, string Title)[] Pages { get; init; }

    public required (string Path, string Title) Pricing { get; init; }

    public required (string Path, string Form) Demo { get; init; }

    public required (string Path, string Form)[] Forms { get; init; }

    public required string[] Campaigns { get; init; }

    public required string Competitor { get; init; }

    public required string[] Needs { get; init; }

    public required string[] Timeframes { get; init; }

    public static readonly (string Id, string[] French, string[] English)[] Industries =
    [
        ("MACHINERY", ["Mécanique", "Usinage"], ["Machining", "Tooling"]), ("COMPUTER_SOFTWARE", ["Logiciels", "Numérique"], ["Software", "Digital"]),
        ("LOGISTICS_AND_SUPPLY_CHAIN", ["Logistique", "Transports"], ["Logistics", "Freight"]),
        ("FOOD_PRODUCTION", ["Agroalimentaire", "Conserves"], ["Foods", "Bakery"]),
        ("CONSTRUCTION", ["Bâtiment", "Travaux"], ["Builders", "Construction"]), ("FINANCIAL_SERVICES", ["Finance", "Patrimoine"], ["Capital", "Finance"]),
        ("PHARMACEUTICALS", ["Santé", "Laboratoires"], ["Pharma", "Labs"]), ("RETAIL", ["Distribution", "Comptoir"], ["Retail", "Stores"]),
        ("PLASTICS", ["Plasturgie", "Emballages"], ["Plastics", "Packaging"]), ("MANAGEMENT_CONSULTING", ["Conseil", "Stratégie"], ["Consulting", "Advisory"]),
        ("RENEWABLES_ENVIRONMENT", ["Énergies", "Solaire"], ["Energy", "Solar"]),
        ("STAFFING_AND_RECRUITING", ["Intérim", "Recrutement"], ["Staffing", "Talent"]),
    ];

    public static readonly Words French = new()
    {
        Language = "fr",
        Countries =
        [
            ("France", ["Lyon", "Paris", "Nantes", "Lille", "Toulouse", "Bordeaux", "Strasbourg", "Rennes", "Annecy", "Saint-Étienne"], "fr", "+33 4 72 "),
            ("Belgique", ["Liège", "Namur", "Bruxelles"], "be", "+32 4 22 "), ("Suisse", ["Genève", "Lausanne", "Neuchâtel"], "ch", "+41 22 7"),
        ],
        FirstNames =
        [
            "Camille", "Julien", "Aurélie", "Nicolas", "Élodie", "Thomas", "Chloé", "Mathieu", "Léa", "François", "Hélène", "Sébastien", "Inès",
            "Olivier", "Manon", "Benoît",
            "Amina", "Guillaume", "Zoé", "Rémi", "Margaux", "Cédric", "Anaïs", "Yann", "Noémie", "Loïc", "Fatima", "Pierre-Yves", "Clémence", "Gaël",
        ],
        LastNames =
        [
            "Martin", "Bernard", "Lefèvre", "Moreau", "Garnier", "Faure", "Rousseau", "Blanchard", "Perrin", "Chevalier", "Mercier", "Dupuis", "Lemoine",
            "Barbier", "Renaud",
            "Guérin", "Leclercq", "Bouvier", "Hamdi", "Nguyen", "Da Silva", "Le Goff", "Delattre", "Marchand", "Picard", "Roy", "Meunier", "Brunet",
            "Collet", "Schmitt",
        ],
        Companies = ["Ateliers", "Groupe", "Maison", "Établissements", "Compagnie", "Société", "Union", "Alliance"],
        Deciders =
        [
            "Directrice générale", "Directeur commercial", "PDG", "Directrice marketing", "Directeur des opérations", "DSI",
            "Directrice administrative et financière", "Gérant",
            "VP Ventes", "Responsable commercial",
        ],
        Preparers = ["Chef de projet", "Responsable marketing", "Contrôleuse de gestion", "Acheteur", "Ingénieure méthodes", "Chargée d'affaires",
            "Responsable qualité"],
        Others = ["Assistante de direction", "Technicien de maintenance", "Comptable", "Consultant indépendant", "Magasinier", "Chargé de communication"],
        Students = ["Étudiante en marketing", "Étudiant", "Stagiaire", "Alternante communication", "Alternant"],
        Schools = [("univ-lyon2.fr", "Université Lyon 2"), ("etu.univ-nantes.fr", "Université de Nantes"), ("student.hec.edu", "HEC")],
        Mailboxes = ["gmail.com", "orange.fr", "hotmail.com", "free.fr", "laposte.net"],
        Pages =
        [
            ("/", "Accueil"), ("/produit", "Le produit"), ("/fonctionnalites/planification", "Planification"), ("/fonctionnalites/rapports", "Rapports"),
            ("/integrations", "Intégrations"),
            ("/clients", "Nos clients"), ("/blog/reduire-les-delais", "Réduire les délais"), ("/blog/bien-choisir-son-outil", "Bien choisir son outil"),
            ("/blog/5-erreurs-de-planification", "5 erreurs de planification"), ("/a-propos", "À propos"), ("/carrieres", "Carrières"),
            ("/hubfs/guide-planification.pdf", "Guide"),
        ],
        Pricing = ("/tarifs", "Tarifs"),
        Demo = ("/demo", "Demande de démo"),
        Forms = [("/contact", "Contact"), ("/newsletter", "Inscription à la lettre"), ("/livre-blanc", "Livre blanc : planifier l'atelier"),
            ("/webinaire", "Webinaire : produire sans stress")],
        Campaigns = ["Lettre de septembre", "Lettre d'octobre", "Invitation au webinaire"],
        Competitor = "concurrent.fr",
        Needs = ["Remplacer un tableur", "Tenir les délais", "Relier l'ERP", "Suivre trois sites"],
        Timeframes = ["Moins de 3 mois", "3 à 6 mois", "Cette année", "Sans date"],
    };

    public static readonly Words English = new()
    {
        Language = "en",
        Countries =
        [
            ("United Kingdom", ["Leeds", "Bristol", "Manchester", "London", "Glasgow", "Birmingham"], "co.uk", "+44 113 4"),
            ("United States", ["Chicago", "Boston", "Austin", "Denver"], "com", "+1 312 55"), ("Ireland", ["Dublin", "Cork"], "ie", "+353 1 5"),
            ("Germany", ["Munich", "Hamburg"], "de", "+49 89 2"),
        ],
        FirstNames =
        [
            "Emma", "James", "Olivia", "Liam", "Charlotte", "Noah", "Amelia", "George", "Grace", "Oscar", "Priya", "Arthur", "Hannah", "Ethan", "Zoe",
            "Mohammed", "Lucy", "Daniel",
            "Ruby", "Callum", "Sophie", "Marcus", "Aisha", "Patrick", "Megan", "Owen", "Katie", "Declan", "Nia", "Scott",
        ],
        LastNames =
        [
            "Smith", "Walker", "Hughes", "O'Brien", "Taylor", "Patel", "Bennett", "Clarke", "Foster", "Morgan", "Reid", "Shaw", "Turner", "Wright",
            "Cooper", "Murphy", "Khan", "Ellis",
            "Barnes", "Fletcher", "Grant", "Harvey", "Jennings", "Lloyd", "Nash", "Pearce", "Quinn", "Sutton", "Watts", "Young",
        ],
        Companies = ["North", "Harbour", "Summit", "Oakfield", "Crown", "Riverside", "Sterling", "Beacon"],
        Deciders = ["CEO", "CTO", "Head of Operations", "VP Sales", "Marketing Director", "Managing Director", "CFO", "Head of Procurement", "Founder",
            "Director of IT"],
        Preparers = ["Project Manager", "Marketing Manager", "Business Analyst", "Buyer", "Process Engineer", "Account Manager", "Quality Manager"],
        Others = ["Executive Assistant", "Maintenance Technician", "Accountant", "Freelance Consultant", "Warehouse Operative", "Communications Officer"],
        Students = ["Marketing student", "Student", "PhD student", "Intern"],
        Schools = [("student.leeds.ac.uk", "University of Leeds"), ("bristol.ac.uk", "University of Bristol"), ("mit.edu", "MIT")],
        Mailboxes = ["gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"],
        Pages =
        [
            ("/", "Home"), ("/product", "The product"), ("/features/scheduling", "Scheduling"), ("/features/reports", "Reports"),
            ("/integrations", "Integrations"),
            ("/customers", "Our customers"), ("/blog/cutting-lead-times", "Cutting lead times"), ("/blog/choosing-a-tool", "Choosing a tool"),
            ("/blog/5-planning-mistakes", "5 planning mistakes"), ("/about", "About us"), ("/careers", "Careers"), ("/hubfs/planning-guide.pdf", "Guide"),
        ],
        Pricing = ("/pricing", "Pricing"),
        Demo = ("/demo", "Demo request"),
        Forms = [("/contact", "Contact us"), ("/newsletter", "Newsletter sign-up"), ("/white-paper", "White paper: planning the shop floor"),
            ("/webinar", "Webinar: production without stress")],
        Campaigns = ["September newsletter", "October newsletter", "Webinar invitation"],
        Competitor = "rival.com",
        Needs = ["Replace a spreadsheet", "Meet delivery dates", "Connect the ERP", "Follow three sites"],
        Timeframes = ["Within 3 months", "3 to 6 months", "This year", "No date"],
    };
}
