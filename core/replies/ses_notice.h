/* core/replies/ses_notice.h - Amazon SES reports that come as mail: JSON that SNS sends to an e-mail
 * subscription (SES developer guide, "Amazon SNS notification contents"). Read by looking for its
 * keys, for SNS nests it in a string and mail systems wrap its lines. */
#ifndef HEED_REPLIES_SES_NOTICE_H
#define HEED_REPLIES_SES_NOTICE_H

#include "core/replies/dsn.h"
#include "core/replies/reader.h"

/* The bounced recipients of such a notice, in *out (arena); 0 when it is none. Only mail from
 * Amazon's own domain is looked at. */
size_t ses_notice_bounced(const struct reader *reader, struct dsn_recipient **out);

/* Is it one about a complaint? */
bool ses_notice_is_complaint(const struct reader *reader);

#endif
