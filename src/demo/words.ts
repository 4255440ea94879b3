const words = (text: string) => text.split(' ')

/** First words of invented company names. */
export const STEMS = words(
  'Norvik Brightmoor Calanda Ostrava Velmont Tarnwell Hexley Lumora Quarrel Sundmark Ferrowick Alderly Bramsund Corvella Dunwick Estmar Falkirk Gravelle Halden ' +
    'Ivermont Jorvik Kestrel Lindale Marwick Nordhem Orvane Pellworm Quintara Ravensby Silvane Thornby Ulvern Vantora Westerly Yarrow Zephrin Amberlode Blackmere ' +
    'Clearford Dovetail Eastholm Fennmark Goldrake Hollowell Inverlane Juniper Kelvane Larkfield Mossgrove Northlea Oakhurst Pinecrest Redwater Stonebeck Tidewell',
)

/** What invented deals are about. */
export const DEAL_SUBJECTS = [
  'pilot project',
  'first order',
  'renewal for a year',
  'extension to all branches',
  'replacement of the old system',
  'maintenance contract',
  'training',
  'framework agreement',
]

/** Where invented deals come from. */
export const DEAL_SOURCES = ['Web site', 'Trade fair', 'Recommendation', 'Partner', 'Cold call']

/** What invented leads want. */
export const LEAD_WISHES = [
  'Wants a demonstration for the whole team.',
  'Asks for a price list.',
  'Replaces a supplier that closes down.',
  'Read about us in a trade magazine.',
  'Plans a new office for forty people.',
  'Wants to know whether we deliver abroad.',
]

/** What is to be done next in invented deals. */
export const NEXT_STEPS = [
  'Call back about the offer',
  'Visit the site',
  'Send the revised offer',
  'Show the product to the team',
  'Agree on the terms of payment',
  'Get the approval of the management',
]

/** Lines of business: the second word of a company's name, and its industry. */
export const TRADES: readonly (readonly [word: string, industry: string])[] = [
  ['Software', 'Software'],
  ['Analytics', 'Software'],
  ['Robotics', 'Manufacturing'],
  ['Instruments', 'Manufacturing'],
  ['Foundry', 'Manufacturing'],
  ['Textiles', 'Manufacturing'],
  ['Outfitters', 'Retail'],
  ['Grocers', 'Retail'],
  ['Books', 'Retail'],
  ['Medical', 'Health Care'],
  ['Diagnostics', 'Health Care'],
  ['Dental', 'Health Care'],
  ['Logistics', 'Transport'],
  ['Shipping', 'Transport'],
  ['Rail', 'Transport'],
  ['Energy', 'Energy'],
  ['Solar', 'Energy'],
  ['Capital', 'Finance'],
  ['Insurance', 'Finance'],
  ['Law', 'Professional Services'],
  ['Consulting', 'Professional Services'],
  ['Architects', 'Construction'],
  ['Builders', 'Construction'],
  ['Foods', 'Food and Drink'],
  ['Brewery', 'Food and Drink'],
  ['Media', 'Media'],
  ['Studios', 'Media'],
  ['Academy', 'Education'],
  ['Hotels', 'Hospitality'],
  ['Farms', 'Agriculture'],
]

/** Job titles, the most senior first. */
export const JOB_TITLES = [
  'Managing Director',
  'Chief Financial Officer',
  'Head of Purchasing',
  'Head of IT',
  'Operations Manager',
  'Sales Manager',
  'Project Manager',
  'Office Manager',
  'Buyer',
  'Engineer',
  'Accountant',
  'Assistant',
] as const

/** Topics of interactions. */
export const TOPICS = [
  'the new price list',
  'the delivery in March',
  'a trial for two more teams',
  'the renewal of the contract',
  'an invoice that was paid twice',
  'training for new colleagues',
  'the rollout plan',
  'a broken unit',
  "next year's budget",
  'a visit to the plant',
  'the reference story',
  'data protection',
  'an introduction to their partner',
  'the pilot project',
  'terms of payment',
  'the support hours',
] as const

/** Titles of tasks. */
export const TASK_TITLES = [
  'Send the offer',
  'Call back about the renewal',
  'Check the credit limit',
  'Prepare the quarterly review',
  'Ask for a reference',
  'Correct the billing address',
  'Arrange a demonstration',
  'Send the signed contract',
  'Introduce the new contact person',
  'Follow up on the complaint',
] as const

/** Types of relationships: what the first record is to the second, the inverse, and which records the type relates. */
export const RELATIONSHIP_TYPES = [
  { name: 'manager of', inverseName: 'reports to', between: 'colleagues' },
  { name: 'former colleague of', inverseName: 'former colleague of', between: 'people' },
  { name: 'adviser to', inverseName: 'advised by', between: 'people' },
  { name: 'supplier of', inverseName: 'customer of', between: 'accounts' },
] as const

/** Teams to which accounts are assigned. */
export const TEAMS = [
  { name: 'Key Accounts', description: 'Looks after the largest customers.' },
  { name: 'New Business', description: 'Wins new customers.' },
  { name: 'Customer Success', description: 'Keeps existing customers satisfied.' },
] as const

/** Names of the users that are added to a workspace with demonstration data. */
export const COLLEAGUES = [
  'Nora Feld',
  'Ravi Menon',
  'Ingrid Solberg',
  'Tom Okafor',
  'Lucía Prado',
  'Jan de Wit',
] as const
