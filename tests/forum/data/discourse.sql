--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.categories (
    id integer NOT NULL,
    name character varying(50) NOT NULL
);

--
-- Data for Name: categories; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.categories (id, name, color, created_at, slug, description, read_restricted, "position", parent_category_id) FROM stdin;
6	Laine	0088CC	2019-03-01 10:00:00.123456	laine	<p>La laine &amp; le tapis</p>	f	2	5
5	Artisanat	0088CC	2019-03-01 10:00:00.123456	artisanat	\N	f	1	\N
7	Équipe	0088CC	2019-03-01 10:00:00.123456	equipe	\N	t	3	\N
\.


COPY public.posts (id, user_id, topic_id, post_number, raw, cooked, created_at, updated_at, reply_to_post_number, deleted_at, post_type, hidden, last_version_at) FROM stdin;
103	2	10	3	[quote="Jean.Dupont, post:2, topic:10, full:true"]\nNous aussi\\, depuis un an.\n[/quote]\n\nMerci @Jean.Dupont, et `@Jean.Dupont` en code.	<p>x</p>	2019-03-03 10:00:00.123456	2019-03-03 10:00:00.123456	2	\N	1	f	2019-03-03 10:00:00.123456
101	2	10	1	Qui file la laine ?\n\n![tapis|690x400](upload://r3AYqESanERjladb4vBB7VsMBm6.png)\n\n[notes.txt|attachment](upload://6pKV8.txt) (1 KB)	<p>x</p>	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456	\N	\N	1	f	2019-03-01 10:00:00.123456
102	3	10	2	Nous aussi, depuis un an.\n\n<script>alert(1)</script>[clic](javascript:alert(1))	<p>x</p>	2019-03-02 10:00:00.123456	2019-03-02 10:00:00.123456	1	\N	1	f	2019-03-04 10:00:00.123456
104	2	10	4	فتحنا ورشة في تلمسان\tمع الجمعية.	<p>x</p>	2019-03-04 10:00:00.123456	2019-03-04 10:00:00.123456	\N	2019-03-05 10:00:00.123456	1	f	2019-03-04 10:00:00.123456
105	-1	10	5		<p>x</p>	2019-03-05 10:00:00.123456	2019-03-05 10:00:00.123456	\N	\N	3	f	2019-03-05 10:00:00.123456
106	\N	10	6	De quelqu’un qui est parti.	<p>x</p>	2019-03-06 10:00:00.123456	2019-03-06 10:00:00.123456	\N	\N	1	f	2019-03-06 10:00:00.123456
107	2	10	7	Entre nous, l’équipe.	<p>x</p>	2019-03-07 10:00:00.123456	2019-03-07 10:00:00.123456	\N	\N	4	f	2019-03-07 10:00:00.123456
108	2	11	1	Un secret de l’équipe.	<p>x</p>	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456	\N	\N	1	f	2019-03-01 10:00:00.123456
109	2	12	1	Bonjour en privé.	<p>x</p>	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456	\N	\N	1	f	2019-03-01 10:00:00.123456
110	3	13	1	Supprimé avec son sujet.	<p>x</p>	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456	\N	\N	1	f	2019-03-01 10:00:00.123456
111	3	10	8	   	<p>x</p>	2019-03-08 10:00:00.123456	2019-03-08 10:00:00.123456	\N	\N	1	f	2019-03-08 10:00:00.123456
\.


COPY public.topics (id, title, created_at, user_id, category_id, closed, archived, archetype, slug, visible, pinned_at, deleted_at) FROM stdin;
10	Filer la laine ensemble	2019-03-01 10:00:00.123456	2	6	t	f	regular	filer-la-laine-ensemble	t	2019-03-01 10:00:00.123456	\N
11	Réunion de l’équipe	2019-03-01 10:00:00.123456	2	7	f	f	regular	reunion	t	\N	\N
12	Entre nous	2019-03-01 10:00:00.123456	2	\N	f	f	private_message	entre-nous	t	\N	\N
13	À oublier	2019-03-01 10:00:00.123456	3	5	f	f	regular	a-oublier	t	\N	2019-03-02 10:00:00.123456
14	Sans catégorie	2019-03-01 10:00:00.123456	3	99	f	f	regular	sans	t	\N	\N
\.


COPY public.uploads (id, user_id, original_filename, filesize, width, height, url, created_at, sha1, extension) FROM stdin;
40	2	tapis.png	70	1	1	/uploads/default/original/1X/bda2c513e1da04f7b4e99230851ea2aafeb8cc4e.png	2019-03-01 10:00:00.123456	bda2c513e1da04f7b4e99230851ea2aafeb8cc4e	png
41	2	notes.txt	10	\N	\N	/uploads/default/original/1X/notes.txt	2019-03-01 10:00:00.123456	0000000000000000000000000000000005a67b26	txt
42	2	perdu.png	70	1	1	/uploads/default/original/1X/../../../../../etc/passwd	2019-03-01 10:00:00.123456	0000000000000000000000000000000000000007	png
\.


COPY public.user_emails (id, user_id, email, "primary", created_at, updated_at) FROM stdin;
1	-1	no_reply	t	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456
2	2	Amina@Example.org	t	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456
3	3	jean@example.org	t	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456
4	4	jamais@example.org	t	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456
5	5	exclu@example.org	t	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456
6	2	autre@example.org	f	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456
\.


COPY public.users (id, username, created_at, updated_at, name, active, username_lower, trust_level, moderator, admin, suspended_at, suspended_till) FROM stdin;
-1	system	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456	system	t	system	4	t	t	\N	\N
2	Amina	2019-03-01 10:00:00.123456	2019-03-01 10:00:00.123456	Amina Haddad	t	amina	3	f	t	\N	\N
3	Jean.Dupont	2019-03-02 10:00:00.123456	2019-03-02 10:00:00.123456	\N	t	jean.dupont	1	f	f	\N	\N
4	jamais	2019-03-02 10:00:00.123456	2019-03-02 10:00:00.123456	Jamais Confirmé	f	jamais	0	f	f	\N	\N
5	exclu	2019-03-02 10:00:00.123456	2019-03-02 10:00:00.123456	Exclu	t	exclu	0	f	f	2019-03-02 10:00:00.123456	2990-01-01 00:00:00
\.


--
-- PostgreSQL database dump complete
--
