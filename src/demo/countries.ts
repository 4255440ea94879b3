/** A country that demonstration data comes from. */
export interface Country {
  /** ISO 3166-1 */
  readonly code: string
  readonly currency: string
  /** BCP 47 */
  readonly language: string
  readonly cities: readonly string[]
  readonly streets: readonly string[]
  /** Pattern of a postal code; each # is a digit. */
  readonly postalCode: string
  /** Pattern of a telephone number that the country's regulator reserves for fiction, so that it belongs to nobody. */
  readonly landline: string
  /** Pattern of a mobile telephone number that belongs to nobody. */
  readonly mobile: string
  readonly firstNames: readonly string[]
  readonly lastNames: readonly string[]
}

const words = (text: string) => text.split(' ')

const unitedStates: Country = {
  code: 'US',
  currency: 'USD',
  language: 'en',
  cities: words('Chicago Denver Boston Seattle Austin Portland Atlanta Phoenix'),
  streets: ['Main Street', 'Oak Avenue', 'Market Street', 'Lake Drive', 'Elm Street'],
  postalCode: '#####',
  landline: '+1312555010#',
  mobile: '+1206555014#',
  firstNames: words('Emily Jacob Olivia Marcus Hannah Tyler Grace Derek Naomi Curtis Paige Leon'),
  lastNames: words('Walker Bennett Sanders Hughes Coleman Parker Reyes Foster Brooks Hayes Dalton Pruitt'),
}

const germany: Country = {
  code: 'DE',
  currency: 'EUR',
  language: 'de',
  cities: words('Hamburg Köln Leipzig Stuttgart Bremen Dresden Münster Augsburg'),
  streets: ['Hauptstraße', 'Bahnhofstraße', 'Gartenweg', 'Lindenallee', 'Am Hafen'],
  postalCode: '#####',
  landline: '+493023125###',
  mobile: '+4915228817###',
  firstNames: words('Anna Jonas Lena Felix Katharina Moritz Sabine Tobias Jörg Heike Nils Ute'),
  lastNames: words('Schneider Becker Vogel Krüger Lehmann Brandt Hartmann Seidel Böhm Winkler Thiele Groß'),
}

const unitedKingdom: Country = {
  code: 'GB',
  currency: 'GBP',
  language: 'en',
  cities: words('London Leeds Bristol Glasgow Cardiff Norwich York Exeter'),
  streets: ['High Street', 'Station Road', 'Church Lane', 'Mill Lane', 'Victoria Road'],
  postalCode: 'LS# #AB',
  landline: '+4420794600##',
  mobile: '+4420794609##',
  firstNames: words('Alice Oliver Charlotte Harry Imogen Rhys Fiona Callum Beatrice Nigel Saoirse Angus'),
  lastNames: words('Ashworth Clarke Davies Fletcher Hartley Kerr Lawson Marsh Pritchard Quinn Stroud Whitby'),
}

const france: Country = {
  code: 'FR',
  currency: 'EUR',
  language: 'fr',
  cities: words('Lyon Nantes Lille Bordeaux Toulouse Rennes Dijon Grenoble'),
  streets: ['rue de la Gare', 'avenue de la République', 'rue des Lilas', 'quai du Port', 'place du Marché'],
  postalCode: '#####',
  landline: '+331990012##',
  mobile: '+331990078##',
  firstNames: words('Camille Antoine Élodie Mathieu Chloé Baptiste Hélène Rémi Noémie Yann Margaux Cédric'),
  lastNames: words('Moreau Lefèvre Girard Fontaine Chevalier Perrin Blanchard Renaud Marchand Aubry Leclerc Roussel'),
}

const sweden: Country = {
  code: 'SE',
  currency: 'SEK',
  language: 'sv',
  cities: words('Stockholm Göteborg Malmö Uppsala Västerås Örebro Lund Umeå'),
  streets: ['Storgatan', 'Kungsgatan', 'Skolgatan', 'Ängsvägen', 'Hamngatan'],
  postalCode: '### ##',
  landline: '+46846500###',
  mobile: '+467017406##',
  firstNames: words('Astrid Elias Maja Oskar Linnea Viktor Ebba Gustav Åsa Björn Sigrid Axel'),
  lastNames: words('Lindqvist Berglund Nyström Sandberg Ekström Holm Dahlgren Åkesson Wallin Forsberg Hedlund Norén'),
}

const australia: Country = {
  code: 'AU',
  currency: 'AUD',
  language: 'en',
  cities: words('Melbourne Brisbane Perth Adelaide Hobart Darwin Cairns Geelong'),
  streets: ['George Street', 'Beach Road', 'Railway Parade', 'Park Terrace', 'King Street'],
  postalCode: '####',
  landline: '+61255501###',
  mobile: '+614919010##',
  firstNames: words('Mia Lachlan Zoe Cooper Matilda Darcy Isla Flynn Priya Kenji Tessa Bruce'),
  lastNames: words('Armstrong Barlow Cameron Doyle Everett Gibbs Ngata Osborne Rao Tanaka Underwood Zammit'),
}

const canada: Country = {
  ...unitedStates,
  code: 'CA',
  currency: 'CAD',
  cities: words('Toronto Montréal Calgary Halifax Winnipeg Ottawa Québec Victoria'),
  postalCode: 'K#A #B#',
  landline: '+1416555013#',
  mobile: '+1514555016#',
  firstNames: words('Sophie Liam Geneviève Ethan Maëlle Wyatt Brigitte Logan Amrita Xavier Claire Noah'),
  lastNames: words('Tremblay Macdonald Gauthier Fraser Bouchard Sinclair Pelletier Singh Gagnon Stewart Roy Campbell'),
}

/** The countries, each with its weight: how often accounts are in it. */
export const COUNTRIES: readonly (readonly [Country, number])[] = [
  [unitedStates, 32],
  [germany, 20],
  [unitedKingdom, 15],
  [france, 12],
  [sweden, 8],
  [canada, 7],
  [australia, 6],
]
