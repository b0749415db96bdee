/*
 * All rights reserved.
 *
 * This file is free.
 * See the licence.
 */
go();
