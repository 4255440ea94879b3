import { words } from './functions.ts'

// Parameters of INSERT_ACCOUNTS and INSERT_CONTACTS: $1 workspace, $2 salt of the workspace, $3 number of rows, $4
// uuids of its users. Because of the salt, the number `k` of a row is different in each workspace.
const NUMBERED = `from generate_series(1, $3::int) i cross join lateral (select $2::bigint * 10000000 + i as k) n`

const FIRST = words(
  'Amber Apex Aurora Baltic Beacon Birch Blue Bright Cedar Cobalt Copper Coral Crystal Delta Eagle Ember Falcon Fern Golden Granite Harbor Hazel Highland Indigo Iron Ivory Jade Juniper Kestrel Lakeside Laurel Linden Lunar Maple Marble Meridian Nordic Oak Ocean Olive Onyx Orchid Pacific Pearl Pine Polar Quartz Raven Red River Saffron Sapphire Silver Solar Stone Summit Tidal Topaz Velvet Willow Winter Zephyr',
)
const SECOND = words(
  'Analytics Apparel Automotive Bakery Biotech Books Capital Catering Chemicals Clinics Components Construction Consulting Design Devices Dynamics Education Energy Engineering Estates Films Foods Freight Gardens Hardware Health Hotels Instruments Insurance Interiors Labs Legal Logistics Machines Media Metals Mining Motors Networks Optics Paper Pharma Plastics Robotics Security Shipping Software Sports Studios Systems Telecom Textiles Tools Toys Trading Travel Utilities Water',
)
const SUFFIX = words('AB AG BV Co. GmbH Group Holding Inc. Ltd. SA SpA plc')
const INDUSTRIES = words('Retail Manufacturing Software Health Finance Logistics Energy Education Media Hospitality')
const GIVEN = words(
  'Ada Alan Amara Ana Anders Aoife Bilal Björn Carla Chen Chloé Daniel Diego Elena Elif Emeka Erik Fatima Femi Grace Hana Hugo Ines Ivan Jana Jonas José Kofi Lars Leila Li Lucía Maja Marco Maria Mei Mila Mohamed Nadia Nils Noor Olga Omar Paula Pedro Priya Rafael Rosa Sami Sara Sofia Sven Tariq Tomás Uma Vera Wei Yara Yusuf Zoe',
)
const FAMILY = words(
  'Abe Adeyemi Ahmed Almeida Andersson Bauer Becker Bianchi Carvalho Chen Costa Dubois Eriksen Fernández Fischer García Gruber Haddad Hansen Hassan Hoffmann Ito Ivanov Jansen Johansson Kamau Kaya Keller Kim Kowalski Kumar Lefèvre Lehmann Li Lopez MacDonald McAllister McCarthy Mehta Meyer Moreau Müller Nakamura Nguyen Novák Okafor Okoye Olsen Ortiz Park Patel Petrov Popescu Ricci Rossi Sato Schmidt Silva Singh Smith Suzuki Tanaka Torres Virtanen Wagner Wang Weber Yamamoto Yılmaz Zhang Zieliński',
)
const JOBS = words(
  'Accountant Buyer CEO CFO CTO Consultant Controller Developer Director_of_Operations Head_of_Purchasing Head_of_Sales Lawyer Managing_Director Office_Manager Plant_Manager Product_Manager Researcher Sales_Manager Supply_Chain_Manager Treasurer',
)

export const INSERT_ACCOUNTS = `
  insert into accounts (workspace_id, id, name, type, industry, website, phone, employee_count, annual_revenue_amount, annual_revenue_currency,
    founded_year, tier, owner_id, created_at, updated_at, created_by_id, updated_by_id)
  select $1::uuid, pg_temp.uuid_at(at, 1, k),
    -- The first account has the contact with the most interactions. By its name, it is the first one in the list.
    case when i = 1 then 'Aaberg & Sons' else pg_temp.pick(${FIRST}, 11, k) || ' ' || pg_temp.pick(${SECOND}, 12, k) || ' ' || pg_temp.pick(${SUFFIX}, 13, k) end,
    (enum_range(null::"AccountType"))[pg_temp.skewed(14, k, 8, 2)],
    case when pg_temp.fraction(15, k) < 0.97 then (${INDUSTRIES})[pg_temp.skewed(16, k, 10, 2)] end,
    'w' || k || '.example', '+4930' || lpad((k % 10000000)::text, 7, '0'),
    exp(pg_temp.fraction(17, k) * 11)::int, round((exp(pg_temp.fraction(18, k) * 14) * 1000)::numeric, 2), 'EUR',
    1950 + pg_temp.roll(19, k, 75), pg_temp.pick('{gold,silver,bronze}', 20, k),
    case when pg_temp.fraction(21, k) < 0.95 then ($4::uuid[])[pg_temp.skewed(22, k, cardinality($4::uuid[]), 1.5)] end,
    at, at, ($4::uuid[])[1], ($4::uuid[])[1]
  ${NUMBERED} cross join lateral (select pg_temp.moment(i / $3::float8) as at) m
`

export const INSERT_CONTACTS = `
  with made as materialized (
    select k, pg_temp.uuid_at(at, 2, k) as id, at, first_name, last_name,
      -- Only letters that an e-mail address may contain; the number distinguishes people with the same name.
      regexp_replace(rapport_fold(first_name || '.' || last_name), '[^a-z]+', '.', 'g') || k || '@people.example' as email,
      case when pg_temp.fraction(33, k) < 0.7 then '+4989' || lpad((k % 10000000)::text, 7, '0') end as phone
    ${NUMBERED} cross join lateral (
      select pg_temp.moment(i / $3::float8) as at, pg_temp.pick(${GIVEN}, 31, k) as first_name, pg_temp.pick(${FAMILY}, 32, k) as last_name) m),
  contact as (
    insert into contacts (workspace_id, id, first_name, last_name, job_title, primary_email, primary_phone, language, owner_id, created_at, updated_at, created_by_id, updated_by_id)
    select $1::uuid, id, first_name, last_name, pg_temp.pick(${JOBS}, 34, k), email, phone, pg_temp.pick('{de,en,es,fr,pt}', 35, k),
      ($4::uuid[])[pg_temp.skewed(36, k, cardinality($4::uuid[]), 1.5)], at, at, ($4::uuid[])[1], ($4::uuid[])[1] from made),
  phone as (
    insert into contact_phones (workspace_id, id, contact_id, number, label, is_primary)
    select $1::uuid, pg_temp.uuid_at(at, 4, k), id, phone, 'MOBILE', true from made where phone is not null)
  insert into contact_emails (workspace_id, id, contact_id, address, label, is_primary, position)
  select $1::uuid, pg_temp.uuid_at(at, 3, k), id, email, 'WORK'::"EmailLabel", true, 0 from made
  union all select $1::uuid, pg_temp.uuid_at(at, 5, k), id, 'private.' || email, 'HOME', false, 1 from made where pg_temp.fraction(37, k) < 0.2`

/**
 * Inserts the roles of contacts in accounts. $1 workspace, $2 number of accounts. See `numberRows` for the tables
 * numbered_*.
 */
export const INSERT_ROLES = `
  insert into account_contacts (workspace_id, id, account_id, contact_id, role, is_primary, position)
  select $1::uuid, pg_temp.uuid_at(c.at, 6, c.k), a.id, c.id, pg_temp.pick(${JOBS}, 34, c.k), true, 0
  from numbered_contacts c join numbered_accounts a on a.i = case when c.i = 1 then 1 else pg_temp.skewed(41, c.k, $2::int, 2) end
  union all
  select $1::uuid, pg_temp.uuid_at(c.at, 7, c.k), a.id, c.id, 'Advisor', false, 1
  from numbered_contacts c join numbered_accounts a on a.i = pg_temp.skewed(42, c.k, $2::int, 2) where c.i > 1 and pg_temp.fraction(43, c.k) < 0.1`
