# A view of the store, on which another stands, loses a column, as does its
# masked view.
edit sql/store/views/salesforce/message_engagement.sql '/AS event_date_time,$/d; /message_engagement.event_date_time IS/d'
edit sql/store/views/salesforce/MessageEngagement.sql 's/v.event_date_time AS/v.created_time AS/'
