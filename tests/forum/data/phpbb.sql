-- MySQL dump 10.19  Distrib 10.11
--
-- Host: localhost    Database: forum
-- ------------------------------------------------------
/*!40101 SET NAMES utf8mb4 */;

--
-- Table structure for table `phpbb_attachments`
--

DROP TABLE IF EXISTS `phpbb_attachments`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_attachments` (
  `attach_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `post_msg_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `in_message` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `poster_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `physical_filename` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `real_filename` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `download_count` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `mimetype` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `filesize` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `filetime` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`attach_id`),
  KEY `k` (`filetime`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_attachments` WRITE;
INSERT INTO `phpbb_attachments` VALUES (1,22,7,0,3,'2_0123456789abcdef0123456789abcdef','four.png',0,'image/png',70,1262304000),(2,21,7,0,2,'2_absent','absent.png',0,'image/png',70,1262304000),(3,9,0,1,2,'2_private','prive.png',0,'image/png',70,1262304000);
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_acl_groups`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_acl_groups` (
  `group_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `auth_option_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `auth_role_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `auth_setting` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`group_id`),
  KEY `k` (`auth_setting`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_acl_groups` WRITE;
INSERT INTO `phpbb_acl_groups` VALUES (1,2,0,17,0),(2,3,5,0,1),(5,4,5,0,1),(1,5,5,0,0),(1,1,5,0,1);
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_acl_options`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_acl_options` (
  `auth_option_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `auth_option` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`auth_option_id`),
  KEY `k` (`auth_option`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_acl_options` WRITE;
INSERT INTO `phpbb_acl_options` VALUES (5,'f_read'),(6,'f_post');
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_acl_roles_data`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_acl_roles_data` (
  `role_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `auth_option_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `auth_setting` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`role_id`),
  KEY `k` (`auth_setting`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_acl_roles_data` WRITE;
INSERT INTO `phpbb_acl_roles_data` VALUES (17,5,1),(17,6,0);
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_banlist`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_banlist` (
  `ban_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `ban_userid` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `ban_exclude` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`ban_id`),
  KEY `k` (`ban_exclude`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_banlist` WRITE;
INSERT INTO `phpbb_banlist` VALUES (1,5,0);
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_forums`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_forums` (
  `forum_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `parent_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `left_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `right_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_name` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_desc` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_type` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_password` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`forum_id`),
  KEY `k` (`forum_password`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_forums` WRITE;
INSERT INTO `phpbb_forums` VALUES (1,0,1,8,'Le souk &amp; l’atelier','',0,''),(2,1,2,3,'Poterie','Terre et [b:1a2b3c4d]feu[/b:1a2b3c4d]',1,''),(3,1,4,5,'Membres','',1,''),(4,1,6,7,'Modération','',1,''),(5,0,9,10,'Sans droits','',1,''),(6,0,11,12,'Lien','',2,'');
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_groups`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_groups` (
  `group_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `group_type` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `group_name` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`group_id`),
  KEY `k` (`group_name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_groups` WRITE;
INSERT INTO `phpbb_groups` VALUES (1,3,'GUESTS'),(2,3,'REGISTERED'),(5,3,'ADMINISTRATORS');
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_posts`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_posts` (
  `post_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `poster_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `post_time` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `post_visibility` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `post_subject` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `post_text` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `bbcode_uid` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `post_edit_time` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`post_id`),
  KEY `k` (`post_edit_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_posts` WRITE;
INSERT INTO `phpbb_posts` VALUES (21,7,2,2,1262304000,1,'La cuisson','<r>Comment <B><s>[b]</s>cuire<e>[/b]</e></B> l&#039;argile ?<br/>\n<LIST><s>[list]</s><LI><s>[*]</s>au bois</LI>\n<LI><s>[*]</s>au gaz</LI><e>[/list]</e></LIST></r>','',0),(22,7,2,3,1262307600,1,'Re: La cuisson','<r><QUOTE author=\"Amina\" post_id=\"21\"><s>[quote=Amina post_id=21 time=1262304000 user_id=2]</s>Comment cuire ?<e>[/quote]</e></QUOTE>\nAu bois, voir <URL url=\"https://example.org/a_b_c\">https://example.org/a_b_c</URL></r>','',1262307700),(23,7,2,1,1262311200,1,'Re','[quote=&quot;Karim&quot;:1a2b3c4d]Au bois[/quote:1a2b3c4d]Merci <!-- s:) --><img src=\"{SMILIES_PATH}/icon.gif\" alt=\":)\" /><!-- s:) --> <!-- m --><a class=\"postlink\" href=\"http://example.org/four\">http://example.org/four</a><!-- m -->\n[code:1a2b3c4d]a_b * c[/code:1a2b3c4d]','1a2b3c4d',0),(24,7,2,2,1262314800,2,'Re','Effacé : \'; DROP TABLE x; -- (fin)','',0),(25,7,2,3,1262310000,1,'Re','Écrit avant, rangé après.','',0);
UNLOCK TABLES;

LOCK TABLES `phpbb_posts` WRITE;
INSERT INTO `phpbb_posts` (`post_id`, `topic_id`, `forum_id`, `poster_id`, `post_time`, `post_visibility`, `post_subject`, `post_text`, `bbcode_uid`, `post_edit_time`) VALUES (31,8,3,2,1262304000,1,'Entre membres','<t>Bonjour &lt;script&gt;alert(1)&lt;/script&gt;</t>','',0),(32,8,3,2,1262305000,0,'Re','Attend l\'accord.','',0),(41,9,2,2,1262304000,1,'Perdu','Son sujet est une ombre.','',0);
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_topics`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_topics` (
  `topic_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `forum_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_title` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_poster` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_time` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_visibility` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_status` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_type` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `topic_moved_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`topic_id`),
  KEY `k` (`topic_moved_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_topics` WRITE;
INSERT INTO `phpbb_topics` VALUES (7,2,'La cuisson &quot;douce&quot;',2,1262304000,1,1,1,0),(8,3,'Entre membres',2,1262304000,1,0,0,0),(9,2,'Ombre',2,1262304000,1,2,0,7);
UNLOCK TABLES;

DROP TABLE IF EXISTS `phpbb_users`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `phpbb_users` (
  `user_id` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `user_type` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `username` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `user_regdate` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `user_email` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  `user_posts` varchar(255) COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`user_id`),
  KEY `k` (`user_posts`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin;

LOCK TABLES `phpbb_users` WRITE;
INSERT INTO `phpbb_users` VALUES (1,2,'Anonymous',1262300000,'',0),(2,3,'Amina',1262300000,'amina@example.org',4),(3,0,'Karim B.',1262300000,'karim@example.org',2),(4,2,'Googlebot',1262300000,'',0),(5,0,'Banni',1262300000,'banni@example.org',0),(6,0,'Vide',1262300000,'pas une adresse',0);
UNLOCK TABLES;

